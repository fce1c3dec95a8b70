public import Naming

/// The document that `keyvault test --format json` prints.
public struct TestReport: Sendable, Codable {
  public var version = 1
  public var checked: Timestamp
  /// Whether every key was asked about before the run ended.
  public var isComplete: Bool
  public var results: [TestResult]
  /// How many required keys that are missing are not listed; nil where all are.
  public var omitted: Int?

  public init(checked: Timestamp, results: [TestResult], omitted: Int = 0) {
    self.checked = checked
    self.results = results
    self.omitted = omitted == 0 ? nil : omitted
    isComplete = !results.contains(where: \.isCutShort)
  }

  private enum CodingKeys: String, CodingKey {
    case version, checked
    case isComplete = "complete"
    case results, omitted
  }

  /// `named` are entries that were asked for one by one: one that is locked is not a success.
  ///
  /// `failOn` alone says which verdicts fail, where it is given: any other then passes, an unclear one too.
  /// It does not say that a run which asked nothing, or opened nothing, was cut short, or lacked a key that is
  /// required or named, is a success;
  /// only ``FailOn/nothing`` does, except for a run without a key.
  public func conclusion(named: Set<Name> = [], failOn: FailOn? = nil) -> Conclusion {
    if results.contains(where: { (failOn ?? .standard).fails($0) }) { return .findings }
    let present = results.filter { $0.verdict != .notConfigured }
    if present.isEmpty { return .nothing }
    if failOn == .nothing { return .good }
    let locked = present.filter { $0.word == .locked }
    let isNamed = locked.contains { named.contains($0.entry) }
    if isNamed || !locked.isEmpty && isComplete && present.allSatisfy({ !$0.wasTested }) {
      return .locked
    }
    let tested = present.filter(\.wasTested)
    let isLacking = present.contains {
      $0.isLeftOut && ($0.isRequired || named.contains($0.entry))
    }
    if !isComplete || isLacking { return .inconclusive }
    if tested.isEmpty { return .nothing }
    if failOn != nil { return .good }
    // A provider without a free endpoint cannot be proved. That alone does not fail the run, unless
    // no key was proved at all, and the sidecars do not accept that.
    let provable = tested.filter { $0.verdict != .unverifiable }
    if provable.contains(where: { $0.word == .unclear }) { return .inconclusive }
    let isAccepted = !provable.isEmpty || tested.allSatisfy { $0.acknowledgedUntil != nil }
    return isAccepted ? .good : .inconclusive
  }
}
