/// The document of `keyvault ls --format json`.
public struct EntryListing: Sendable, Codable {
  public struct Item: Sendable, Codable {
    public var name: String
    public var environment: String
    public var provider: String
    public var owner: String?
    public var description: String?
    public var preview: String?
    public var created: Timestamp?
    public var rotated: Timestamp?
    public var expires: Timestamp?
    public var serial: Int?
    public var disabled: Bool

    init(_ entry: Vault.Entry) {
      name = entry.name.path
      environment = entry.name.environment
      provider = entry.provider
      let sidecar = entry.sidecar
      owner = sidecar?.owner
      description = sidecar?.description
      preview = sidecar?.preview
      created = sidecar?.created
      rotated = sidecar?.rotated
      expires = sidecar?.expires
      serial = sidecar?.serial
      disabled = sidecar?.isDisabled ?? false
    }
  }

  public var version = 1
  public var entries: [Item]

  public init(_ entries: [Vault.Entry]) {
    self.entries = entries.map(Item.init)
  }
}
