/// How a report is written: everything that is not the report itself.
public struct Style: Sendable {
  public var isColoured: Bool
  /// Columns of the terminal; nil where lines may be of any length.
  public var width: Int?

  public init(isColoured: Bool = false, width: Int? = nil) {
    self.isColoured = isColoured
    self.width = width
  }

  enum Colour: String {
    case green = "32"
    case red = "31"
    case yellow = "33"
    case dim = "2"
    case bold = "1"
  }

  func text(_ text: String, _ colour: Colour?) -> String {
    guard isColoured, let colour, !text.isEmpty else { return text }
    return "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m"
  }
}

extension Verdict.Word {
  var colour: Style.Colour? {
    switch self {
    case .valid: .green
    case .invalid: .red
    case .unclear, .locked: .yellow
    case .notTested, .notConfigured: .dim
    }
  }
}

/// `1 key`, `2 keys`.
func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
  "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}
