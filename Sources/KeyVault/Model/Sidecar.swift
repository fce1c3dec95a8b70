internal import YAML

/// The plaintext metadata of an entry: `vault/production/openai.yaml`.
public struct Sidecar: Sendable {
  public struct Exposure: Sendable, Equatable {
    public let to: String?
    public let since: Timestamp?
    public let reason: String?
  }

  /// An earlier key of the entry.
  public struct Retired: Sendable, Equatable {
    public let serial: Int
    /// When its provider rejected it; nil if that has not been observed.
    public let proven: Timestamp?

    static let unproven = "unproven"
  }

  /// Random; one for the life of a key, so that its history has a lineage.
  public let id: String?
  public let provider: String?
  /// Without keys, as the other texts that are only shown.
  public let owner: String?
  public let description: String?
  /// The variable to render, where the provider's own will not do.
  public let variable: String?
  /// As ``Preview/shown(_:)``.
  public let preview: String?
  /// `sha256:…` of the ciphertext.
  public let digest: String?
  public let serial: Int?
  public let created: Timestamp?
  public let rotated: Timestamp?
  public let expires: Timestamp?
  /// Days after which this key must be rotated, where it is not the policy's.
  public let maxAge: Int?
  public let isDisabled: Bool
  public let exposed: Exposure?
  public let acknowledged: Acknowledgement?
  /// By serial.
  public let retired: [Retired]
  /// All that it says, for what a signature covers.
  let root: Node

  init(_ checked: CheckedDocument) {
    let root = checked.root
    self.root = root
    func text(_ key: String) -> String? { root[key]?.string }
    func moment(_ key: String) -> Timestamp? { text(key).flatMap(Timestamp.init) }
    id = text("id")
    provider = text("provider")
    owner = root["owner"]?.prose
    description = root["description"]?.prose
    variable = text("env")
    preview = text("preview").map(Preview.shown)
    digest = text("digest")
    serial = root["serial"]?.serial
    created = moment("created")
    rotated = moment("rotated")
    expires = moment("expires")
    maxAge = root["rotation"]?["max_age"].flatMap(\.days)
    isDisabled = root["disabled"]?.bool ?? false
    let past = root["retired"]?.mapping ?? []
    retired = past.compactMap { pair in
      Int(pair.key).map { serial in
        Retired(serial: serial, proven: pair.value.string.flatMap(Timestamp.init))
      }
    }.sorted { $0.serial < $1.serial }
    acknowledged = Acknowledgement(root[Acknowledgement.field])
    exposed = root["exposed"].map {
      Exposure(
        to: $0["to"]?.string, since: $0["since"]?.string.flatMap(Timestamp.init),
        reason: $0["reason"]?.prose)
    }
  }

  /// Days that no calendar has, which the schema's pattern lets through.
  static func calendarFindings(in root: Node, file: String) -> [Finding] {
    let until = root[Acknowledgement.field]?["until"]
    let days = ["created", "rotated", "expires"].map { ($0, root[$0]) }
    return (days + [("\(Acknowledgement.field).until", until)]).compactMap { key, node in
      guard let node, let text = node.string, Timestamp(text) == nil else { return nil }
      return Finding(
        code: "bad-format", severity: .error, file: file, place: node.place,
        message: "invalid date '\(text.printable(limit: 40))' in '\(key)': expected YYYY-MM-DD",
        hint: nil)
    }
  }
}

extension Node {
  /// A key's serial. A number that no key can have counts as the nearest one that a key can have: a
  /// commit may hold any number, and sums of serials must not overflow.
  var serial: Int? { int.map { min(max($0, 0), Serial.greatest) } }
}
