import KeyVault

/// What `exec --pick` adds: the key that serves a capability, by names that suit any provider.
struct PickedVariables {
  let capability: Capability

  /// Says on the way which keys were skipped, and why. Throws if none can be used.
  func variables(
    in environment: String, of repository: Repository, _ session: Session
  ) async throws -> [Rendering.Variable] {
    let pick = try await Picker(
      repository: repository, gpg: try session.gpg(), policy: session.policy()
    )
    .pick(
      capability, in: environment, past: session.past(of: repository),
      now: session.surroundings.now)
    session.warn(pick.choice.map { [($0.entry.path, $0.doubts)] } ?? [])
    let report = PickReport(pick)
    for reason in report.reasons(now: session.surroundings.now) { session.note(reason) }
    guard let choice = pick.choice else {
      if let refusal = report.refusal { throw refusal }
      throw Failure(.findings, "no key here can be used for \(capability.rawValue)")
    }
    return choice.genericVariables
  }
}
