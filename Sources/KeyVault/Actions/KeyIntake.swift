internal import Secrets

/// Checks a new key: where it may travel, its form, and what its provider says of it. Each check comes before what
/// follows it: no key is read before its destinations are settled, and none is sent before it could be stored.
struct KeyIntake {
  let workspace: Workspace
  let checks: KeyChecks
  var consents = HostConsents()

  init(_ checks: KeyChecks, in workspace: Workspace) {
    self.checks = checks
    self.workspace = workspace
  }

  /// Asks for consent to each host that only the repository names. Throws if it is not given and the key is to be
  /// tested there. Forcing does not consent to a host; it stores the key without it.
  mutating func settle(_ destinations: inout Destinations) throws(Failure) {
    try consents.ask(about: &destinations, in: workspace)
    if let refusal = destinations.refusal { throw refusal }
    guard var objection = destinations.objection else { return }
    guard checks.asksProvider, destinations.isBarred, !checks.isForced else {
      return workspace.tell(Notice(.unsent, of: objection))
    }
    objection.hints.append("--no-test stores the key without sending it")
    throw objection
  }

  /// The key, of a form that the provider's keys have. Throws if it has another one, unless that is forced.
  func checked(_ key: consuming Secret, of provider: Provider) throws(Failure) -> Secret {
    let key = try KeyText.checked(key)
    guard let message = key.withBytes(provider.objection) else { return key }
    guard checks.isForced else {
      throw Failure(.findings, message, hints: [Self.forcing])
    }
    workspace.tell(Notice(.unusualKey, .warning, message))
    return key
  }

  private static let forcing = "--force stores it all the same"

  /// Asks the provider, unless that is not wanted or the key may not travel to it; its answer. Throws if it rejects the
  /// key; what it cannot say is a warning.
  func test(
    _ new: borrowing NewKey, at destinations: Destinations, of provider: Provider
  ) async throws(Failure) -> TestResult? {
    guard checks.asksProvider, !destinations.isBarred else { return nil }
    let result = try await workspace.prober(checks.onWait)
      .test(new, in: workspace.repository, now: workspace.now)
    switch result.reception(by: provider) {
    case .accepted(let text): workspace.tell(Notice(.accepted, .note, text))
    case .doubtful(let text): workspace.tell(Notice(.unproven, .warning, text))
    case .rejected(let text, let evidence):
      guard checks.isForced else {
        throw Failure(
          .findings, "\(text), so it was not stored: \(evidence)",
          hints: [result.next, Self.forcing].compactMap(\.self))
      }
      workspace.tell(Notice(.rejected, .warning, "\(text): \(evidence)"))
    }
    return result
  }

  /// Stores a key, and remembers what its provider answered, where it was asked. Why that is not remembered; nil if it
  /// is.
  func store(_ prepared: Vault.Prepared, answer: TestResult?) throws(Failure) -> Failure? {
    try workspace.vault.store([prepared])
    return workspace.record([answer?.about(prepared)].compactMap(\.self))
  }
}

extension Notice.Code {
  /// The provider accepts the key.
  static let accepted = Notice.Code(rawValue: "accepted")
  /// The provider rejects the key, which is stored all the same.
  static let rejected = Notice.Code(rawValue: "rejected")
  /// Nothing proves whether the key works.
  static let unproven = Notice.Code(rawValue: "unproven")
  /// The key may not travel to a host, and is stored without it.
  static let unsent = Notice.Code(rawValue: "unsent")
  /// The key does not look like one of its provider, and is stored all the same.
  static let unusualKey = Notice.Code(rawValue: "unusual-key")
}
