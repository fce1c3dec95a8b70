/// The key that serves a capability in one environment, and why those before it do not.
public struct Pick: Sendable {
  public struct Choice: Sendable {
    let slot: Assembly.Slot
    let opened: OpenedEntry
    /// Where its requests go: the gateway's address, else the provider's own. The key may be sent there.
    public let baseURL: String
    public let verdict: Verdict
    /// When the verdict was given.
    public let checked: Timestamp?

    public var entry: EntryName { opened.name }
    public var provider: Provider { slot.provider }
    /// The variable under which it is rendered.
    public var variable: String { slot.variable(of: opened) }
    /// What should be looked at, though the key can be used.
    public var doubts: [Doubt] { opened.doubts }
  }

  public let capability: Capability
  public let environment: String
  /// nil where none serves.
  public internal(set) var choice: Choice?
  public internal(set) var skipped: [Skip]
  /// What the providers said that were asked, in that order.
  public internal(set) var results: [TestResult] = []

  /// Where no key serves: that, and what a person can do about each.
  public var refusal: Failure {
    var hints: [String] = []
    for case let next? in skipped.map(\.next) where !hints.contains(next) { hints.append(next) }
    return Failure(
      .findings, "no key of '\(environment)' serves \(capability.rawValue)", hints: hints)
  }

  /// What it says as a whole. Where no key serves, an unclear one leaves the result open.
  public var conclusion: Conclusion {
    let causes = skipped.map(\.cause).filter { $0 != .disabled }
    if choice != nil { return .good }
    if causes.isEmpty { return .nothing }
    if causes.contains(.unclear) { return .inconclusive }
    return causes.allSatisfy { $0 == .locked } ? .locked : .findings
  }
}
