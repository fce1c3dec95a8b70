/// The document of `keyvault providers`.
public struct ProviderListing: Sendable, Codable {
  public struct Item: Sendable, Codable {
    public var id: String
    public var name: String
    public var description: String?
    /// `built-in`, `repository`, or `overrides built-in`.
    public var source: String
    public var capabilities: [String]
    public var variables: [String]
    public var baseURL: String
    public var baseURLVariable: String?
    /// Hosts to which its keys may be sent.
    public var hosts: [String]
    /// `GET /models`; nil where no free request proves a key.
    public var probe: String?
    public var docs: String?
    public var keys: String?
    public var status: String?

    private enum CodingKeys: String, CodingKey {
      case id, name, description, source, capabilities, variables
      case baseURL = "base_url"
      case baseURLVariable = "base_url_variable"
      case hosts, probe, docs, keys, status
    }
  }

  public var version = 1
  public var providers: [Item]

  public init(_ providers: [Provider]) {
    self.providers = providers.map(Item.init)
  }

  /// A line a provider.
  public func text(_ style: Style) -> String {
    var table = TextTable()
    table.add(["id", "name", "variable", "capabilities"].map { TextTable.Cell($0, .dim) })
    for item in providers {
      table.add([
        TextTable.Cell(item.id, .bold), TextTable.Cell(item.name),
        TextTable.Cell(item.variables.first ?? ""),
        TextTable.Cell(item.capabilities.joined(separator: ", ")),
      ])
    }
    return table.text(style)
  }
}

extension ProviderListing {
  /// A table for a README.
  public func markdown() -> String {
    var table = MarkdownTable(["provider", "id", "variable", "proof, at no cost", "capabilities"])
    for item in providers {
      table.add([
        item.name, item.id, item.variables.first ?? "", item.probe ?? "none: format only",
        item.capabilities.joined(separator: ", "),
      ])
    }
    let proved = providers.count { $0.probe != nil }
    return table.text(
      summary: "\(providers.count) providers; a free request proves the keys of \(proved).")
  }
}

extension ProviderListing.Item {
  public init(_ provider: Provider) {
    id = provider.id
    name = provider.name
    description = provider.description
    source =
      switch provider.source {
      case .builtIn: "built-in"
      case .file: "repository"
      case .override: "overrides built-in"
      }
    capabilities = provider.capabilities
    variables = provider.variables
    baseURL = provider.baseURL
    baseURLVariable = provider.baseURLVariable
    hosts = provider.origins([:]).map(\.permission).sorted()
    probe = provider.probe.map { "\($0.method) \($0.target)" }
    docs = provider.links.docs
    keys = provider.links.keys
    status = provider.links.status
  }

  /// A line a fact.
  public func text(_ style: Style) -> String {
    let facts: [(String, String?)] = [
      ("id", id), ("name", name), ("description", description), ("source", source),
      ("capabilities", capabilities.joined(separator: ", ")),
      ("variables", variables.joined(separator: ", ")), ("base URL", baseURL),
      ("base URL variable", baseURLVariable), ("hosts", hosts.joined(separator: ", ")),
      ("proof", probe ?? "none: only the format is checked"), ("keys", keys), ("docs", docs),
      ("status", status),
    ]
    var table = TextTable()
    for case (let name, let value?) in facts where !value.isEmpty {
      table.add([TextTable.Cell(name, .dim), TextTable.Cell(value)])
    }
    return table.text(style)
  }
}
