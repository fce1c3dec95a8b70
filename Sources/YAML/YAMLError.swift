/// Why a file is not read, and where. One file gives at most one.
public struct YAMLError: Error, Sendable, Equatable {
  public enum Reason: Sendable, Equatable {
    case tooLarge(bytes: Int)
    case tooDeep
    case utf16
    case invalidUTF8
    /// A control character, a line break that editors do not show, or a byte order mark inside.
    case forbiddenCharacter(Unicode.Scalar)
    case duplicateKey(String, first: Place)
    case keyNotScalar
    case anchor(String)
    case alias(String)
    case tag(String)
    case tagDirective
    case secondDocument
    /// libyaml's own words: what it found, and what it was reading since when.
    case syntax(problem: String, context: String?, since: Place?)
    case outOfMemory
  }

  public let reason: Reason
  public let place: Place

  public init(_ reason: Reason, at place: Place) {
    self.reason = reason
    self.place = place
  }
}

extension YAMLError {
  /// What is wrong: one line, lower case, no full stop.
  public var message: String {
    switch reason {
    case .tooLarge(let bytes):
      "file of \(bytes) bytes is over the limit of \(Document.sizeLimit)"
    case .tooDeep: "nested deeper than \(Document.depthLimit) levels"
    case .utf16: "file is UTF-16 or UTF-32, not UTF-8"
    case .invalidUTF8: "not UTF-8"
    case .forbiddenCharacter(let scalar): "character \(scalar.codePoint) is not allowed"
    case .duplicateKey(let key, let first): "duplicate key '\(key)', first on line \(first.line)"
    case .keyNotScalar: "a key must be a scalar, not a list or a mapping"
    case .anchor(let name): "anchor '&\(name)' is not allowed"
    case .alias(let name): "alias '*\(name)' is not allowed"
    case .tag(let tag): "tag '\(tag)' is not allowed"
    case .tagDirective: "directive '%TAG' is not allowed"
    case .secondDocument: "second document in one file"
    case .syntax(let problem, nil, _): problem
    case .syntax(let problem, let context?, let since?) where since.line < place.line:
      "\(problem) \(context) that starts on line \(since.line)"
    case .syntax(let problem, let context?, _): "\(problem) \(context)"
    case .outOfMemory: "out of memory"
    }
  }

  /// What helps, where that is known.
  public var hint: String? {
    switch reason {
    case .utf16, .invalidUTF8: "save the file as UTF-8"
    case .forbiddenCharacter("\0"): "save the file as UTF-8 text"
    case .forbiddenCharacter(let scalar):
      "remove it, or write it as \"\(scalar.yamlEscape)\" in a double-quoted string"
    case .duplicateKey: "keep one of the two"
    case .anchor, .alias:
      "write the value out where it is used; a string that starts so needs quotes"
    case .tag: "remove it; a string that starts with '!' needs quotes"
    case .tagDirective: "remove it"
    case .secondDocument: "put each document into a file of its own"
    case .syntax(let problem, _, _): Self.hint(for: problem)
    case .tooLarge, .tooDeep, .keyNotScalar, .outOfMemory: nil
    }
  }

  private static func hint(for problem: String) -> String? {
    switch problem {
    case "mapping values are not allowed in this context":
      "quote a value that holds ': ', and check the indentation"
    case "found character that cannot start any token":
      "indent with spaces, not tabs; quote a value that starts with '@', '`' or '%'"
    case "found a tab character that violates indentation",
      "found a tab character where an indentation space is expected":
      "indent with spaces, not tabs"
    case "found unknown escape character":
      "write '\\\\' for a backslash, or use single quotes"
    case "did not find expected key", "did not find expected '-' indicator":
      "check the indentation and the quotes of the lines above"
    case "found '?' without a space": "quote a key that starts with '?'"
    case "could not find expected ':'": "is a ':' missing?"
    default: nil
    }
  }
}

extension Unicode.Scalar {
  /// `U+0007`: for characters that cannot be shown.
  var codePoint: String { "U+" + hexadecimal(digits: 4) }

  /// The escape of a double-quoted string.
  var yamlEscape: String {
    switch self {
    case "\0": "\\0"
    case "\t": "\\t"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\u{1B}": "\\e"
    case "\"": "\\\""
    case "\\": "\\\\"
    case _ where value <= 0xFF: "\\x" + hexadecimal(digits: 2)
    case _ where value <= 0xFFFF: "\\u" + hexadecimal(digits: 4)
    default: "\\U" + hexadecimal(digits: 8)
    }
  }

  private func hexadecimal(digits: Int) -> String {
    let number = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - number.count)) + number
  }
}
