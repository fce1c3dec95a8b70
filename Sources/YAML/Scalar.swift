/// A value that an edit writes.
public enum Scalar: Sendable, Hashable {
  case string(String)
  case int(Int)
  case bool(Bool)
  case null
}

extension Scalar {
  var node: Node.Value {
    switch self {
    case .string(let string): .string(string)
    case .int(let int): .int(int)
    case .bool(let bool): .bool(bool)
    case .null: .null
    }
  }

  /// The text that reads back as this value.
  ///
  /// - Parameters:
  ///   - style: how a string is written where it can be; plain becomes double-quoted where not.
  ///   - isInFlow: between brackets or braces, where more characters mean something.
  func text(style: Style = .plain, isInFlow: Bool) -> String {
    switch self {
    case .null: "null"
    case .bool(let bool): bool ? "true" : "false"
    case .int(let int): String(int)
    case .string(let string): style.text(of: string, isInFlow: isInFlow)
    }
  }

  /// How a string is quoted.
  enum Style {
    case plain, singleQuoted, doubleQuoted

    fileprivate func text(of string: String, isInFlow: Bool) -> String {
      switch self {
      case .plain where string.isPlain(isInFlow: isInFlow): string
      case .singleQuoted where string.unicodeScalars.allSatisfy(\.isPrintable):
        "'"
          + string.split(separator: "'", omittingEmptySubsequences: false)
          .joined(separator: "''") + "'"
      default: string.doubleQuoted
      }
    }
  }
}

extension String {
  /// Whether the string, written without quotes, reads back as itself.
  fileprivate func isPlain(isInFlow: Bool) -> Bool {
    let scalars = unicodeScalars
    let bytes = Array(utf8)
    let isOtherValue = CoreSchema.resolve(bytes.span) != nil
    guard !isOtherValue, let first = scalars.first, let last = scalars.last,
      !",[]{}#&*!|>'\"%@`-?:".unicodeScalars.contains(first), !hasPrefix("..."),
      first != " ", last != " ", last != ":"
    else { return false }
    var previous = first
    for scalar in scalars {
      guard scalar.isPrintable else { return false }
      if scalar == "#" && previous == " " || scalar == " " && previous == ":" { return false }
      if isInFlow && ",[]{}?".unicodeScalars.contains(scalar) { return false }
      previous = scalar
    }
    return true
  }

  fileprivate var doubleQuoted: String {
    var text = "\""
    for scalar in unicodeScalars {
      if scalar.isPrintable && scalar != "\"" && scalar != "\\" {
        text.unicodeScalars.append(scalar)
      } else {
        text += scalar.yamlEscape
      }
    }
    return text + "\""
  }
}

extension Unicode.Scalar {
  /// Whether a quoted string can hold it unescaped, on one line.
  fileprivate var isPrintable: Bool {
    switch value {
    case 0x20...0x7E: true
    case 0..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: false
    default: true
    }
  }
}
