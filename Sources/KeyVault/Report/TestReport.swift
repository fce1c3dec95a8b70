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

  /// What the whole run says; product.md §4.
  public enum Conclusion: Sendable, Equatable {
    /// Every key works.
    case good
    /// A key is unusable, broken, or a required one is missing.
    case findings
    /// Nothing was tested.
    case nothing
    /// Nothing is wrong for certain, but a verdict is unclear.
    case inconclusive
    /// There were keys, and none could be opened.
    case locked
  }

  /// `named` are entries that were asked for one by one: one that is locked is no success.
  public func conclusion(named: Set<Name> = [], failOn: FailOn = .standard) -> Conclusion {
    if results.contains(where: { failOn.contains($0) || $0.error != nil }) { return .findings }
    let present = results.filter { $0.verdict != .notConfigured }
    if present.isEmpty { return .nothing }
    let locked = present.filter { $0.word == .locked }
    let isNamed = locked.contains { named.contains($0.entry) }
    if isNamed || !locked.isEmpty && isComplete && present.allSatisfy({ !$0.wasTested }) {
      return .locked
    }
    let tested = present.filter(\.wasTested)
    if !isComplete { return .inconclusive }
    if tested.isEmpty { return .nothing }
    // A provider without a free endpoint cannot be proved; that alone is no reason to fail.
    let provable = tested.filter { $0.verdict != .unverifiable }
    if provable.isEmpty || provable.contains(where: { $0.word == .unclear }) {
      return .inconclusive
    }
    return .good
  }
}
