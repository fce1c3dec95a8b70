internal import YAML

/// The keywords for strings.
final class StringRules: Sendable {
  private let least: Int?
  private let most: Int?
  private let pattern: String?
  private let expression: RegularExpression?
  private let words: String?

  /// nil where a schema has none of them.
  init?(_ keywords: Keywords, words: String?) throws(SchemaError) {
    least = try keywords.count(.minLength)
    most = try keywords.count(.maxLength)
    pattern = try keywords.string(.pattern)
    self.words = words
    guard let pattern else {
      expression = nil
      if least == nil, most == nil { return nil }
      return
    }
    do {
      expression = try RegularExpression(pattern)
    } catch {
      throw SchemaError(.pattern(pattern, error), at: keywords.pointer(of: .pattern))
    }
  }

  func check(_ text: String, at place: Place, in check: inout Check) {
    // A character is one to four bytes: most texts need no counting.
    let size = text.utf8.count
    if let least, size < least * 4, text.unicodeScalars.count < least {
      check.report(.tooShort, at: place) {
        Self.tooShort($0.subject, least, text)
      }
    }
    if let most, size > most, text.unicodeScalars.count > most {
      // What is far too long is not searched, too.
      return check.report(.tooLong, at: place) {
        "\($0.subject) must have at most \(counted(most, "character")), "
          + "not \(text.unicodeScalars.count)"
      }
    }
    if let expression, !expression.matches(text) {
      check.report(.badFormat, at: place, hint: words ?? "it must match \(pattern ?? "")") {
        "\($0.subject) has the wrong form"
      }
    }
  }

  private static func tooShort(_ subject: String, _ least: Int, _ text: String) -> String {
    if text.isEmpty { return "\(subject) must not be empty" }
    return "\(subject) must have at least \(counted(least, "character")), "
      + "not \(text.unicodeScalars.count)"
  }
}
