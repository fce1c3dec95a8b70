internal import YAML

/// That a person knows that a provider's keys are `unverifiable`, and accepts it for a time. It covers no
/// other verdict: a key that its provider rejects stays rejected.
public struct Acknowledgement: Sendable, Equatable {
  /// The sidecar's field.
  static let field = "acknowledged"
  /// The only verdict that can be acknowledged, as the field names it.
  static let verdict = "unverifiable"

  /// The last day on which it counts, as its first moment.
  let until: Timestamp

  /// nil where the field is not of the schema's form.
  init?(_ node: Node?) {
    guard let node, node["verdict"]?.string == Self.verdict,
      let until = node["until"]?.string.flatMap(Timestamp.init)
    else { return nil }
    self.until = until
  }

  /// Whether the last day has passed.
  func hasEnded(at now: Timestamp) -> Bool { until.adding(days: 1) <= now }
}
