/// The variables that hold providers' keys, by which a key is known that has no prefix: `MISTRAL_API_KEY` in
/// a shell, `mistralApiKey` in a program, `mistral-api-key` in a file of settings.
struct KeyVariables {
  private struct Owner {
    let provider: String
    let formats: [KeyFormat]
  }

  /// Who has a variable, by its letters and digits, small.
  private struct Owners {
    private(set) var byName: [[UInt8]: [Owner]] = [:]
    /// Of the names, longest first.
    private(set) var lengths: [Int] = []

    mutating func add(_ owner: Owner, of name: [UInt8]) {
      byName[name, default: []].append(owner)
      guard !lengths.contains(name.count) else { return }
      lengths = (lengths + [name.count]).sorted(by: >)
    }
  }

  private var builtIn = Owners()
  /// Those of a repository's own providers, which take no built-in one's place.
  private var own = Owners()
  /// Whether one ends in these three letters; by their ``ending(of:)``.
  private var endings = [Bool](repeating: false, count: 1 << 15)

  private static let longestName = 64
  /// Bytes between a name and its value.
  private static let gap = 64
  /// Longer ones have a prefix.
  private static let longestKey = 512

  /// Of the built-in providers, and of a repository's own.
  init(of providers: [Provider], and others: [Provider]) {
    for provider in providers where !provider.formats.isEmpty {
      for name in names(of: provider) {
        builtIn.add(Owner(provider: provider.name, formats: provider.formats), of: name)
      }
    }
    for provider in others {
      for name in names(of: provider) {
        let known = Set((builtIn.byName[name] ?? []).flatMap(\.formats).map(\.shape))
        let formats = provider.formats.filter { !known.contains($0.shape) }
        guard !formats.isEmpty else { continue }
        own.add(Owner(provider: provider.name, formats: formats), of: name)
      }
    }
  }

  /// Those of a provider's variables that are looked for.
  private mutating func names(of provider: Provider) -> [[UInt8]] {
    provider.allVariables.compactMap { variable in
      let name = variable.utf8.compactMap(Self.small)
      guard (5...Self.longestName).contains(name.count) else { return nil }
      if let ending = Self.ending(of: name[...]) { endings[ending] = true }
      return name
    }
  }

  /// The first key behind the name of its variable.
  func firstKey(in bytes: [UInt8], _ allowance: inout ScanAllowance) -> KeyScan.Hit? {
    var line = 1
    var start: Int?
    for index in 0...bytes.count {
      let byte = index < bytes.count ? bytes[index] : 0
      if Self.isNameByte(byte) {
        start = start ?? index
        continue
      }
      if let first = start {
        let (builtIn, own) = owners(of: bytes[first..<index])
        if !builtIn.isEmpty, let (owner, breaks) = value(behind: index, in: bytes, of: builtIn) {
          return KeyScan.Hit(provider: owner.provider, line: line + breaks)
        }
        for owner in own where !allowance.isSpent {
          if let (owner, breaks) = value(behind: index, in: bytes, of: [owner]) {
            return KeyScan.Hit(provider: owner.provider, line: line + breaks)
          }
          allowance.spend(16 * owner.formats.count)
        }
      }
      start = nil
      if byte == UInt8(ascii: "\n") { line += 1 }
    }
    return nil
  }

  /// Whose variable a word is, or ends in after a separator or with a capital: `TF_VAR_mistral_api_key`.
  /// Of built-in variables the longest decides.
  private func owners(of word: ArraySlice<UInt8>) -> (builtIn: [Owner], own: [Owner]) {
    guard word.count >= 5, let last = word.last, Self.small(last) != nil,
      let ending = Self.ending(of: word), endings[ending]
    else { return ([], []) }
    var letters: [UInt8] = []
    var places: [Int] = []
    for index in word.indices.reversed() {
      guard let letter = Self.small(word[index]) else { continue }
      letters.append(letter)
      places.append(index)
      if letters.count == Self.longestName { break }
    }
    letters.reverse()
    places.reverse()
    func found(among owners: Owners, longestAlone: Bool) -> [Owner] {
      var all: [Owner] = []
      for length in owners.lengths where length <= letters.count {
        guard let found = owners.byName[Array(letters.suffix(length))] else { continue }
        let first = places[places.count - length]
        guard first == word.startIndex || Self.isPartStart(first, in: word) else { continue }
        if longestAlone { return found }
        all += found
      }
      return all
    }
    return (found(among: builtIn, longestAlone: true), found(among: own, longestAlone: false))
  }

  /// A number for the last three letters and digits, the same for few others; nil where there are less.
  private static func ending(of word: ArraySlice<UInt8>) -> Int? {
    var (ending, count) = (0, 0)
    var index = word.endIndex
    while index > word.startIndex, count < 3 {
      index -= 1
      guard let letter = small(word[index]) else { continue }
      ending = ending << 5 | Int(letter & 0x1f)
      count += 1
    }
    return count == 3 ? ending : nil
  }

  private static func isPartStart(_ index: Int, in word: ArraySlice<UInt8>) -> Bool {
    let before = word[index - 1]
    let isCapital = (0x41...0x5a).contains(word[index])
    return small(before) == nil || isCapital && !(0x41...0x5a).contains(before)
  }

  /// What may be between a name and its value: `MISTRAL_API_KEY: str = "…"`, `name: …` and below it
  /// `value: …`.
  private static let words: Set<[UInt8]> = Set(
    [
      "value", "default", "defaultvalue", "string", "str", "text", "char", "final", "static",
      "const",
      "optional", "b", "r", "f", "u", "l",
    ].map { Array($0.utf8) })

  /// The provider of the key that is the name's value, and how many lines below it; nil if none
  /// does.
  private func value(
    behind end: Int, in bytes: [UInt8], of owners: [Owner]
  ) -> (owner: Owner, breaks: Int)? {
    var breaks = 0
    var index = end
    while index < min(end + Self.gap, bytes.count) {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\n") { breaks += 1 }
      if breaks > 1 { return nil }
      guard Self.small(byte) != nil else {
        index += 1
        continue
      }
      let owner = owners.first { owner in
        owner.formats.contains { Self.isKey(bytes[index...], of: $0) }
      }
      if let owner { return (owner, breaks) }
      let word = bytes[index...].prefix(Self.gap).prefix { Self.small($0) != nil }
      guard Self.words.contains(word.compactMap(Self.small)) else { return nil }
      index = word.endIndex
    }
    return nil
  }

  /// Whether the token that begins there is such a key, as it is or in base64, as Kubernetes has it.
  private static func isKey(_ rest: ArraySlice<UInt8>, of format: KeyFormat) -> Bool {
    var token = rest.prefix(longestKey + 1).prefix {
      isTokenByte($0)
        || format.alphabet.contains($0) && $0 > 0x20
          && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'")
    }
    // The end of a sentence.
    while let last = token.last, last == UInt8(ascii: ".") || last == UInt8(ascii: ":") {
      token.removeLast()
    }
    guard (16...longestKey).contains(token.count) else { return false }
    return fits(token, format) || fits(EncodedRun.base64(token)[...], format)
  }

  private static func fits(_ token: ArraySlice<UInt8>, _ format: KeyFormat) -> Bool {
    let key = Array(token)
    return format.matches(key.span.bytes)
      && Randomness(key[min(format.prefix.utf8.count, key.count)...]).isLikely
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "/"),
      UInt8(ascii: "."), UInt8(ascii: "~"):
      true
    default: small(byte) != nil
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
    default: small(byte) != nil
    }
  }

  /// A letter or digit of ASCII, the letter small; nil for any other byte.
  private static func small(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39, 0x61...0x7a: byte
    case 0x41...0x5a: byte + 0x20
    default: nil
    }
  }
}
