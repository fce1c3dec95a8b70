internal import Naming
internal import YAML

/// One provider of AI services: where its API is, what its keys look like, and how to prove that a
/// key works. Decoded from a document that satisfied `provider.schema.json`.
public struct Provider: Sendable {
  public struct Links: Sendable {
    public let docs: String?
    /// Where a person makes and revokes a key.
    public let keys: String?
    public let status: String?
  }

  /// The header that carries the key; `{key}` in its value is replaced.
  struct Auth: Sendable {
    let header: String
    let value: String

    init(_ node: Node) {
      header = node["header"]?.string ?? ""
      value = node["value"]?.string ?? ""
    }
  }

  /// An additional field of a credential, such as an endpoint, stored in the payload.
  public struct Field: Sendable {
    public let name: String
    public let variable: String?
    public let isRequired: Bool
    public let isSecret: Bool
    let header: String?
  }

  /// Where a definition comes from.
  public enum Source: Sendable, Equatable {
    case builtIn
    case file
    /// A file that replaces the built-in of the same id, and the parts in which they differ.
    case override(changes: [String])

    /// The changed parts that decide where a key goes, under which name, and what an answer means.
    var protectedChanges: [String] {
      guard case .override(let changes) = self else { return [] }
      return changes.filter(Self.protected.contains)
    }

    static let protected: Set<Name> = [
      "base_url", "auth", "headers", "hosts", "probe", "quota", "key.env", "key.base_url_env",
      "key.formats", "key.fields",
    ]
  }

  public let id: String
  public let name: String
  public let description: String?
  public let capabilities: [String]
  public let links: Links
  public let logo: String?
  /// What an SDK's base-URL variable takes.
  public let baseURL: String
  let auth: Auth?
  let headers: [(name: String, value: String)]
  /// The variables that hold the key; the first is rendered.
  public let variables: [String]
  public let baseURLVariable: String?
  public let formats: [KeyFormat]
  public let fields: [Field]
  let probe: ProbeDefinition?
  let quota: ProbeDefinition?
  /// Additional hosts to which a key may be sent.
  let hosts: [String]
  /// Requests at once.
  let concurrency: Int?
  public let source: Source
  /// Whether the file counts only as a trusted writer signed it: no entry is opened otherwise.
  let isSigned: Bool
  /// What goes out beside a key by the word of the repository's file, and is not plain; nil if all is.
  let exception: PlainRequest.Exception?
  /// All that the file says.
  let root: Node

  init(_ root: Node, source: Source, isSigned: Bool = false) {
    id = root["id"]?.string ?? ""
    // The search for keys reads the built-in providers itself, and their texts are our own.
    func prose(_ node: Node?) -> String? { source == .builtIn ? node?.string : node?.prose }
    name = prose(root["name"]) ?? ""
    description = prose(root["description"])
    capabilities = root["capabilities"]?.strings ?? []
    links = Links(
      docs: prose(root["links"]?["docs"]), keys: prose(root["links"]?["keys"]),
      status: prose(root["links"]?["status"]))
    logo = root["logo"]?.string
    baseURL = root["base_url"]?.string ?? ""
    auth = root["auth"].map(Auth.init)
    headers = root["headers"]?.stringPairs ?? []
    let key = root["key"]
    variables = key?["env"]?.strings ?? []
    baseURLVariable = key?["base_url_env"]?.string
    formats = key?["formats"]?.sequence?.map(KeyFormat.init) ?? []
    fields = key?["fields"]?.sequence?.map(Field.init) ?? []
    probe = root["probe"].flatMap(ProbeDefinition.init)
    quota = root["quota"].flatMap(ProbeDefinition.init)
    hosts = root["hosts"]?.strings ?? []
    concurrency = root["concurrency"]?.int
    self.source = source
    self.isSigned = isSigned
    exception = Self.exception(in: root, source)
    self.root = root
  }

  /// The first format that these bytes have; nil where they have none.
  public func format(of key: RawSpan) -> KeyFormat? {
    formats.first { $0.matches(key) }
  }
}

extension Provider.Field {
  init(_ node: Node) {
    name = node["name"]?.string ?? ""
    variable = node["env"]?.string
    isRequired = node["required"]?.bool ?? false
    isSecret = node["secret"]?.bool ?? false
    header = node["header"]?.string
  }
}

extension Node {
  /// The pairs of a mapping whose values are strings, in the order of the file.
  var stringPairs: [(name: String, value: String)] {
    mapping?.compactMap { pair in pair.value.string.map { (pair.key, $0) } } ?? []
  }
}

extension Provider {
  /// Whether the schema accepts a text as an id: `[a-z][a-z0-9_]*`, at most 64 bytes.
  static func isID(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, ("a"..."z").contains(first) else { return false }
    return text.utf8.count <= 64
      && text.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "a"..."z", "0"..."9", "_": true
        default: false
        }
      }
  }
}
