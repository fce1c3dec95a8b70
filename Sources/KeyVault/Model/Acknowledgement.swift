internal import YAML

/// That a person knows that a provider's keys are `unverifiable`, and accepts it for a time. It covers no
/// other verdict: a key that its provider rejects stays rejected.
public struct Acknowledgement: Sendable, Equatable {
  /// The sidecar's field.
  static let field = "acknowledged"

  /// The last day on which it counts, as its first moment.
  let until: Timestamp

  /// nil where the field is not of the schema's form.
  init?(_ node: Node?) {
    guard let node, node["verdict"]?.string == Verdict.unverifiable.rawValue,
      let until = node["until"]?.string.flatMap(Timestamp.init)
    else { return nil }
    self.until = until
  }

  /// Whether the last day has passed.
  func hasEnded(at now: Timestamp) -> Bool { until.adding(days: 1) <= now }
}

extension Sidecar {
  /// The last day of an acknowledgement that counts, such as `2027-02-21`; nil where there is none, it has
  /// ended, or the verdict is one that cannot be acknowledged.
  func acknowledgedUntil(_ verdict: Verdict, at now: Timestamp) -> String? {
    guard verdict == .unverifiable, let acknowledged, !acknowledged.hasEnded(at: now) else {
      return nil
    }
    return acknowledged.until.day
  }
}

extension Acknowledgement {
  /// The command that accepts it for 90 days.
  static func command(for entry: EntryName, from now: Timestamp) -> Shell {
    Shell("keyvault set \(entry) \(field)=\(now.adding(days: 90).day)")
  }
}
