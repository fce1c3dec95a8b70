public import Naming

/// A command that a message suggests, as they would type it into a shell.
///
/// What is inserted is one word of the command. It is quoted where a shell would read it otherwise,
/// so the line can be copied:
/// `Shell("pass mv \(old) \(new)")`. A path that is relative to the
/// repository's root is inserted as one, `Shell("git add -- \(path: file)")`, so that the command
/// works in the person's folder: see
/// ``Standpoint``. All commands in messages are made here.
public struct Shell: ExpressibleByStringInterpolation, CustomStringConvertible, Sendable {
  public let description: String

  public init(_ command: Shell) { self = command }

  public init(stringLiteral text: String) { description = Standpoint.command([.text(text)]) }

  public init(stringInterpolation text: StringInterpolation) {
    description = Standpoint.command(text.parts)
  }

  enum Part {
    case text(String)
    /// Relative to the repository's root, and not quoted yet.
    case path(String)
  }

  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    public init(literalCapacity: Int, interpolationCount: Int) {}

    public mutating func appendLiteral(_ literal: String) { parts.append(.text(literal)) }

    public mutating func appendInterpolation(_ word: String) { appendLiteral(word.shellWord) }

    public mutating func appendInterpolation(_ name: EntryName) {
      appendLiteral(name.path.shellWord)
    }

    public mutating func appendInterpolation(_ name: Name) { appendLiteral(name.text.shellWord) }

    public mutating func appendInterpolation(_ words: [String]) {
      appendLiteral(words.map(\.shellWord).joined(separator: " "))
    }

    /// A path that is relative to the repository's root.
    public mutating func appendInterpolation(path: String) { parts.append(.path(path)) }

    public mutating func appendInterpolation(paths: [String]) {
      for (index, path) in paths.enumerated() {
        if index > 0 { appendLiteral(" ") }
        appendInterpolation(path: path)
      }
    }

    /// A part that is a command already.
    public mutating func appendInterpolation(_ command: Shell) {
      appendLiteral(command.description)
    }
  }
}

extension String {
  /// The text as one word of a command: unchanged, in quotes, or with the characters escaped that
  /// no terminal shows.
  var shellWord: String {
    if !isEmpty, utf8.allSatisfy({ Self.isPlain($0) }) { return self }
    guard unicodeScalars.contains(where: \.mustBeEscaped) else { return shellQuoted }
    let escaped = unicodeScalars.map { scalar in
      if scalar == "'" || scalar == "\\" { return "\\\(scalar)" }
      guard scalar.mustBeEscaped else { return String(scalar) }
      return String(scalar).utf8.map { byte in
        "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }.joined()
    }
    return "$'" + escaped.joined() + "'"
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: "@%+=:,./_-".utf8.contains(byte)
    }
  }
}
