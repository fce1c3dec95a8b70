internal import Naming
internal import Secrets

/// What is inside the encryption: the key on the first line, then `name: value` lines, of which
/// `vault`, `entry`, `provider`, `serial` and `hosts` bind it to its place.
///
/// The text stays in one `Secret`; only what is not secret is copied out of it.
public final class Payload: Sendable {
  private let text: Secret
  private let keyLength: Int
  private let values: [(name: String, range: Range<Int>)]

  public let vault: String?
  public let entry: String?
  public let provider: String?
  public let serial: Int?
  /// Hosts (or `host:port`) to which the key may travel; none in an unbound one, whatever program
  /// wrote it.
  public let hosts: [String]
  /// The first line that is not `name: value`, in words; such a line cannot be kept.
  public let fault: String?

  /// Names that keyvault writes itself; all others are fields of the credential.
  static let bindingNames = ["vault", "entry", "provider", "hosts", "serial"]

  /// Reads a decrypted entry. Throws if it is bound and breaks the grammar: what `pass` wrote may
  /// hold any text after its first line.
  init(_ text: consuming Secret) throws(Failure) {
    let scan = text.withBytes(Scan.init)
    let isBound = scan.isBound(text)
    vault = isBound ? scan.copy("vault", of: text) : nil
    entry = isBound ? scan.copy("entry", of: text) : nil
    serial = isBound ? scan.copy("serial", of: text).flatMap(Int.init) : nil
    hosts =
      isBound ? scan.copy("hosts", of: text)?.split(separator: " ").map(String.init) ?? [] : []
    // Another program's line, such as `provider: Google`, does not name one of our providers.
    provider = scan.copy("provider", of: text).flatMap { isBound || Provider.isID($0) ? $0 : nil }
    self.text = text
    keyLength = scan.keyLength
    values = scan.values.map { ($0.name, $0.range) }
    fault = scan.fault ?? (isBound ? nil : scan.foreignFault(provider: provider))
    guard isBound else { return }
    if let fault { throw Failure(.malformed, "inside the encryption, \(fault)") }
    for (name, value) in [("vault", vault), ("entry", entry), ("provider", provider)] {
      if value == nil { throw Failure(.malformed, "inside the encryption, '\(name)' is missing") }
    }
    guard let serial, (1...Serial.greatest).contains(serial) else {
      throw Failure(
        .malformed,
        "inside the encryption, 'serial' is missing or invalid: expected a number "
          + "from 1 to 1e9")
    }
  }

  /// Whether it says where it belongs; what `pass insert` makes does not.
  public var isBound: Bool { entry != nil || vault != nil }

  /// Names of the additional fields of the credential.
  public var fieldNames: [String] {
    values.map(\.name).filter { !Self.bindingNames.contains($0) }
  }

  /// Lends the key itself.
  public func withKey<R: ~Copyable, E: Error>(
    _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    try text.withBytes { (bytes) throws(E) -> R in
      try body(bytes.extracting(0..<keyLength))
    }
  }

  /// Whether there is nothing where the key should be.
  public var isBlank: Bool {
    withKey { key in
      (0..<key.byteCount).allSatisfy {
        [UInt8(ascii: " "), UInt8(ascii: "\t")].contains(key.byte($0))
      }
    }
  }

  /// Whether some line holds a key of a known form.
  var holdsKey: Bool {
    text.withBytes { !KeyLines().lines(in: $0, holding: []).others.isEmpty }
  }

  /// All of it, to be encrypted again.
  func copy() -> Secret { text.withBytes { Secret(copying: $0) } }

  /// Lends the value of an additional field; nil where there is none of that name.
  public func withField<R, E: Error>(
    _ name: String, _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R? {
    guard let value = values.first(where: { $0.name == name }) else { return nil }
    return try text.withBytes { (bytes) throws(E) -> R in
      try body(bytes.extracting(value.range))
    }
  }
}

/// Where the parts of a payload stand.
private struct Scan {
  var keyLength = 0
  var values: [(name: String, range: Range<Int>, line: Int)] = []
  private var lines: [Name: Int] = [:]
  /// The first line that breaks the grammar, in words.
  var fault: String?

  init(_ bytes: RawSpan) {
    var start = 0
    var number = 0
    while start < bytes.byteCount {
      var end = start
      while end < bytes.byteCount, bytes.byte(end) != UInt8(ascii: "\n") { end += 1 }
      number += 1
      let next = end + 1
      // Editors of other systems end a line with CR LF.
      if end > start, bytes.byte(end - 1) == UInt8(ascii: "\r") { end -= 1 }
      if number == 1 {
        keyLength = end
      } else if end > start {
        read(line: start..<end, of: bytes, number: number)
      }
      start = next
    }
  }

  /// Whether keyvault wrote it: it names a vault by such an id as `init` makes, or has all that binds a key.
  /// Other programs, too, write lines such as `vault: Personal`.
  func isBound(_ text: borrowing Secret) -> Bool {
    if let vault = copy("vault", of: text), Self.isVaultID(vault) { return true }
    return ["vault", "entry", "provider", "serial"].allSatisfy { lines[$0] != nil }
  }

  private static func isVaultID(_ text: String) -> Bool {
    (16...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// The first line of another program that would be lost, because keyvault writes one of that name.
  func foreignFault(provider: String?) -> String? {
    let first = values.first { value in
      Payload.bindingNames.contains { $0 == value.name }
        && (value.name != "provider" || provider == nil)
    }
    return first.map { "line \($0.line) is '\($0.name): …', which keyvault itself writes" }
  }

  /// A value that is not secret, as text of its own.
  func copy(_ name: String, of text: borrowing Secret) -> String? {
    guard let value = values.first(where: { $0.name == name }) else { return nil }
    return text.withBytes { $0.string(value.range) }
  }

  private mutating func read(line: Range<Int>, of bytes: RawSpan, number: Int) {
    guard let colon = line.first(where: { bytes.byte($0) == UInt8(ascii: ":") }),
      colon > line.lowerBound, colon + 1 < line.upperBound,
      bytes.byte(colon + 1) == UInt8(ascii: " "),
      (line.lowerBound..<colon).allSatisfy({ Self.isNameByte(bytes.byte($0)) })
    else {
      fault = fault ?? "line \(number) is not 'name: value'"
      return
    }
    let name = bytes.string(line.lowerBound..<colon)
    if let first = lines[name] {
      // What stands for a name can be a secret.
      let isOurs = Payload.bindingNames.contains { $0 == name }
      fault =
        fault
        ?? (isOurs
          ? "line \(number) says '\(name)' again"
          : "line \(number) has the same name as line \(first)")
      return
    }
    lines[name] = number
    values.append((name, colon + 2..<line.upperBound, number))
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension RawSpan {
  func byte(_ offset: Int) -> UInt8 {
    unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// A copy as text; only for what is not secret.
  fileprivate func string(_ range: Range<Int>) -> String {
    String(decoding: range.map { byte($0) }, as: UTF8.self)
  }
}
