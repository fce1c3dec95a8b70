public import Secrets

/// Replaces the key of an entry by a new one, once the provider accepts that.
public struct RotateKey: Sendable {
  public let entry: EntryName
  public var checks = KeyChecks()

  public init(_ entry: EntryName) { self.entry = entry }

  public struct Outcome: Sendable {
    public let provider: Provider
    /// The new key, masked.
    public let preview: String
    public let serial: Int
    /// Where the new key may travel that a person should know of: hosts of the built-in catalogue only if they are new.
    public let hosts: [String]
    /// Why the provider's answer is not remembered; nil if it is, or was not asked for.
    public let unrecorded: Failure?
  }

  /// `key` hands over the new key; it is called once all has been checked that does not need it. Throws, with nothing
  /// sent or stored, where it is the present key, a check objects, consent is denied, or the provider rejects it.
  public func run(
    in workspace: Workspace, key: @Sendable (Provider) throws(Failure) -> Secret
  ) async throws(Failure) -> Outcome {
    let vault = workspace.vault
    let present = try vault.entry(entry)
    let provider = try workspace.provider(named: present)
    let old = try vault.open(present, requiring: .fitting, with: workspace.gpg())
    if !old.payload.isBound { _ = try present.providerByName(or: "adopt") }
    var destinations = try workspace.policy().destinations(
      of: provider, inPlaceOf: old, isVouched: vault.vouches(for: old),
      gateway: workspace.repository.gateway(of: entry))
    var intake = KeyIntake(checks, in: workspace)
    try intake.settle(&destinations)

    let key = try intake.checked(key(provider), of: provider)
    guard !old.holds(key) else {
      throw Failure(
        .findings, "this is the key that '\(entry)' holds already, so nothing was changed",
        hints: provider.links.keys.map { ["make a new key: \($0)"] } ?? [])
    }
    let new = try old.successor(key, hosts: destinations.hosts, after: vault.lastSerial(of: entry))
    let prepared = try vault.prepare(
      new, about: Vault.Description(), over: .digest(old.digest), program: workspace.program(),
      now: workspace.now)
    let answer = try await intake.test(new, at: destinations, of: provider)
    let unrecorded = try intake.store(prepared, answer: answer)
    let sidecar = try vault.entry(entry).sidecar
    return Outcome(
      provider: provider, preview: sidecar?.preview ?? "…", serial: sidecar?.serial ?? 0,
      hosts: destinations.hosts.filter {
        !old.payload.hosts.contains($0) || OriginPolicy.isOwn($0, of: provider.id)
      },
      unrecorded: unrecorded)
  }
}

extension Workspace {
  /// The provider that an entry names, which must be known.
  func provider(named entry: Vault.Entry) throws(Failure) -> Provider {
    if let provider = try repository.catalogue.provider(entry.provider) { return provider }
    throw Failure(
      .malformed, "unknown provider '\(entry.provider.printable(limit: 80))'",
      hints: ["set 'provider:' in \(entry.name.sidecarPath)"])
  }
}
