internal import YAML

/// The keywords for numbers.
final class NumberRules: Sendable {
  private let least: Number?
  private let most: Number?
  private let above: Number?
  private let below: Number?
  private let unit: Number?

  /// nil where a schema has none of them.
  init?(_ keywords: Keywords) throws(SchemaError) {
    least = try keywords.number(.minimum)
    most = try keywords.number(.maximum)
    above = try keywords.number(.exclusiveMinimum)
    below = try keywords.number(.exclusiveMaximum)
    unit = try keywords.number(.multipleOf)
    if let unit, unit <= .int(0) { throw keywords.bad(.multipleOf) }
    if least == nil, most == nil, above == nil, below == nil, unit == nil { return nil }
  }

  func check(_ node: Node, in check: inout Check) {
    guard let number = Number(node) else { return }
    if let least, !(number >= least) {
      check.report(.tooSmall, at: node.place) {
        "\($0.subject) must be at least \(least), not \(number)"
      }
    }
    if let above, !(number > above) {
      check.report(.tooSmall, at: node.place) {
        "\($0.subject) must be more than \(above), not \(number)"
      }
    }
    if let most, !(number <= most) {
      check.report(.tooLarge, at: node.place) {
        "\($0.subject) must be at most \(most), not \(number)"
      }
    }
    if let below, !(number < below) {
      check.report(.tooLarge, at: node.place) {
        "\($0.subject) must be less than \(below), not \(number)"
      }
    }
    if let unit, !number.isMultiple(of: unit) {
      check.report(.notMultiple, at: node.place) {
        "\($0.subject) must be a multiple of \(unit), not \(number)"
      }
    }
  }
}
