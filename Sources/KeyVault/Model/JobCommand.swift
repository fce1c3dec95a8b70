internal import Secrets

/// What a runner of CI jobs takes for a command where it stands in a log: a line that begins with `::` (GitHub,
/// Forgejo), `##[…` or `##word[…` anywhere (Azure Pipelines, TeamCity, older GitHub), an escape sequence (the
/// sections of GitLab).
public enum JobCommand {
  /// What is wrong with a value that holds one.
  static let objection =
    "a CI job takes it for a command: it begins a line with '::', or holds '##[', '##word[', or an escape"

  /// Whether a value holds one. It is read in place: a `String` would be a copy that is never wiped.
  public static func isIn(_ value: RawSpan) -> Bool {
    var search = Search()
    var index = 0
    while index < value.byteCount {
      let (scalar, length) = scalar(of: value, at: index)
      if search.finds(scalar) { return true }
      index += length
    }
    return false
  }

  /// The scalar at a byte, and how many bytes it has; nil for what is not UTF-8.
  private static func scalar(of value: RawSpan, at index: Int) -> (Unicode.Scalar?, Int) {
    let first = UInt32(value.byte(index))
    let (length, bits) =
      switch first {
      case ..<0x80: (1, first)
      case 0xc2..<0xe0: (2, first & 0x1f)
      case 0xe0..<0xf0: (3, first & 0x0f)
      case 0xf0..<0xf5: (4, first & 0x07)
      default: (0, 0)
      }
    guard length > 0, index + length <= value.byteCount else { return (nil, 1) }
    var number = bits
    for place in index + 1..<max(index + length, index + 1) {
      let byte = UInt32(value.byte(place))
      guard byte & 0xc0 == 0x80 else { return (nil, 1) }
      number = number << 6 | byte & 0x3f
    }
    return (Unicode.Scalar(number), length)
  }

  private struct Search {
    /// Colons at the beginning of the line; nil once it has begun otherwise.
    private var colons: Int? = 0
    /// Number signs that stand together, and letters behind two.
    private var signs = 0

    mutating func finds(_ scalar: Unicode.Scalar?) -> Bool {
      guard let scalar else {
        (colons, signs) = (nil, 0)
        return false
      }
      switch scalar {
      case "\u{1b}", "\u{9b}": return true
      case "\n", "\u{b}", "\u{c}", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        (colons, signs) = (0, 0)
        return false
      default: break
      }
      if scalar.isPassedOver {
        if scalar.properties.isWhitespace { signs = 0 }
        return false
      }
      if scalar == ":", let before = colons {
        if before == 1 { return true }
        colons = 1
      } else {
        colons = nil
      }
      switch scalar {
      case "#": signs = min(signs + 1, 2)
      case "[" where signs == 2: return true
      case "a"..."z" where signs == 2, "A"..."Z" where signs == 2: break
      default: signs = 0
      }
      return false
    }
  }
}
