/// Proves that a provider's definition distinguishes good keys from bad ones, with an entry's key as the good one.
public struct CheckDefinition: Sendable {
  public let provider: Provider
  public let entry: EntryName
  /// Additional fields of the credential, which come before the entry's own.
  public var fields: [(name: String, value: String)] = []
  /// Takes the place of the environment's own gateway.
  public var gateway: String?

  public init(_ provider: Provider, with entry: EntryName) {
    self.provider = provider
    self.entry = entry
  }

  /// One row for each request. Throws, with nothing sent, where the entry is another provider's, is disabled, or cannot be
  /// opened.
  public func run(in workspace: Workspace) async throws(Failure) -> [DefinitionReport.Row] {
    let policy = try workspace.policy().naming(gateway: gateway)
    let prober = try workspace.prober(Prober.Options(), policy: policy)
    let present = try workspace.vault.entry(entry)
    guard present.provider == provider.id else {
      throw Failure(
        .usage, "'\(entry)' is a key of '\(present.provider)', not of '\(provider.id)'")
    }
    guard present.sidecar?.isDisabled != true else {
      throw Failure(.usage, "'\(entry)' is disabled in its sidecar, so it is not sent")
    }
    let opened = try workspace.vault.open(present, requiring: .signed, with: workspace.gpg())
    let server = gateway ?? workspace.repository.gateway(of: entry)
    let fields = opened.payload.openFields(of: provider) + fields
    let rows = try await prober.check(
      provider, fields: fields, payloadHosts: opened.payload.hosts, gateway: server)
    return rows + [await prober.test(opened, gateway: server, now: workspace.now).asRow]
  }
}
