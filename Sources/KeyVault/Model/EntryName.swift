/// The path of an entry below `vault/`, such as `production/openai`: one or more components of
/// letters, digits and `._@+-`, none of which starts with a dot or a dash.
public struct EntryName: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let path: String
  /// The folder: who can read it and what is rendered together. Empty at the vault's root.
  public let environment: String
  /// The last component.
  public let name: String

  /// Checks what a person typed. Throws a usage failure that says what is wrong with it.
  public init(_ text: String) throws(Failure) {
    if let objection = Self.objection(to: text) {
      throw Failure(
        .usage, "invalid entry name '\(text.printable)': \(objection)",
        hints: ["an entry is named by its path below vault/, such as production/openai"])
    }
    self.init(checked: text)
  }

  /// What a person typed as names of several entries, each once, in its order. Throws as ``init(_:)`` does.
  public static func distinct(_ texts: [String]) throws(Failure) -> [EntryName] {
    var seen: Set<EntryName> = []
    return try texts.map { text throws(Failure) in try EntryName(text) }
      .filter { seen.insert($0).inserted }
  }

  /// The entry name of a path that was found; nil where it is not allowed.
  init?(found text: String) {
    guard Self.objection(to: text) == nil else { return nil }
    self.init(checked: text)
  }

  private init(checked path: String) {
    self.path = path
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    environment = slash.map { String(path[..<$0]) } ?? ""
    name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
  }

  public var description: String { path }

  var ciphertextName: String { name + ".gpg" }
  var sidecarName: String { name + ".yaml" }

  /// Relative to the repository's root.
  public var ciphertextPath: String { "\(Paths.vault)/\(path).gpg" }
  public var sidecarPath: String { "\(Paths.vault)/\(path).yaml" }

  public static func < (a: EntryName, b: EntryName) -> Bool {
    a.path.utf8.lexicographicallyPrecedes(b.path.utf8)
  }

  /// What is wrong with a path; nil if nothing is.
  static func objection(to text: String) -> String? {
    if text.isEmpty { return "it is empty" }
    if text.utf8.count > 1024 { return "it is longer than 1024 bytes" }
    if text.hasPrefix("/") { return "it starts with '/'" }
    if text.utf8.count(where: { $0 == UInt8(ascii: "/") }) > Limits.depth {
      return "it is in more than \(Limits.depth) folders"
    }
    for component in text.split(separator: "/", omittingEmptySubsequences: false) {
      if let objection = objection(toPart: component) { return objection }
    }
    if text.hasSuffix(".gpg") { return "leave out '.gpg'" }
    return nil
  }

  /// What is wrong with one component, such as a folder's name; nil if nothing is.
  static func objection(toPart component: Substring) -> String? {
    if component.isEmpty { return "it has an empty part between slashes" }
    if component == "." || component == ".." { return "it leads outside of its folder" }
    if component.hasPrefix("-") { return "a part starts with a dash" }
    if component.hasPrefix(".") { return "a part starts with a dot" }
    if component.utf8.count > 200 { return "a part is longer than 200 bytes" }
    if let scalar = component.unicodeScalars.first(where: { !isAllowed($0) }) {
      return "it holds \(scalar.quotedName), which is not a letter, a digit or one of ._@+-"
    }
    return nil
  }

  /// A name for a file or folder that is allowed, and as close to `text` as can be: `my-key` of `My Key`.
  static func fitted(_ text: String) -> String {
    let scalars = text.lowercased().unicodeScalars.map { isAllowed($0) ? $0 : "-" }
    let name = String(String.UnicodeScalarView(scalars))
    let fit = String(name.drop { $0 == "-" || $0 == "." })
    return objection(toPart: fit[...]) == nil ? fit : "new-name"
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "@", "+", "-": true
    default: false
    }
  }
}

extension Unicode.Scalar {
  fileprivate var quotedName: String {
    value < 0x20 || value > 0x7e ? "U+" + String(value, radix: 16, uppercase: true) : "'\(self)'"
  }
}

extension EntryName {
  /// The entry to which a file belongs, by its path below the root; nil for any other file.
  init?(ofFile path: String) {
    guard path.hasPrefix(Paths.vault + "/"), let partner = path.partner else { return nil }
    let end = partner.hasSuffix(".gpg") ? 5 : 4
    self.init(found: String(path.dropFirst(Paths.vault.count + 1).dropLast(end)))
  }
}

extension String {
  /// Of a ciphertext's path the sidecar's, and the other way round; nil of any other.
  var partner: String? {
    if hasSuffix(".gpg") { return dropLast(4) + ".yaml" }
    if hasSuffix(".yaml") { return dropLast(5) + ".gpg" }
    return nil
  }
}
