internal import YAML

/// Plaintext keys in a YAML file of a repository, including its comments. The hook refuses them;
/// this finds those that came another way.
struct PlaintextDocument {
  let file: String
  let bytes: [UInt8]
  /// The repository's own providers have keys of other forms.
  let scan: () -> KeyScan

  func findings() -> [Finding] {
    guard KeyMarks.builtIn.areIn(bytes), let hit = scan().firstKey(in: bytes) else { return [] }
    return [Self.finding(of: hit, in: file)]
  }

  static func finding(of hit: KeyScan.Hit, in file: String, at place: Place? = nil) -> Finding {
    var finding = KeyScan.finding(of: hit, path: file)
    if let place { (finding.line, finding.column) = (place.line, place.column) }
    finding.hint = "remove it; git keeps what was committed, so create a new key at its provider"
    return finding
  }
}

/// Plaintext keys in a sidecar, and a preview that shows more than keyvault writes.
struct PlaintextSidecar {
  private let document: PlaintextDocument
  private let root: Node

  init(file: String, bytes: [UInt8], root: Node, of repository: Repository) {
    document = PlaintextDocument(file: file, bytes: bytes) { repository.catalogue.keyScan }
    self.root = root
  }

  func findings(_ name: EntryName) -> [Finding] {
    var findings = document.findings()
    if findings.isEmpty, let (place, hit) = keyInProse {
      findings.append(PlaintextDocument.finding(of: hit, in: document.file, at: place))
    }
    if let node = root["preview"], let text = node.string, !Preview.isSound(text) {
      findings.append(
        Finding(
          .badPreview, in: document.file, at: node.place,
          "'preview' is longer than what keyvault writes, so it may show the key",
          hint: "if it does: \(Shell("keyvault rotate \(name)")), which writes a new preview too"))
    }
    return findings
  }

  /// Text that schemas let be anything.
  private var keyInProse: (Place, KeyScan.Hit)? {
    for node in [root["owner"], root["description"], root["exposed"]?["reason"]] {
      if let node, let hit = node.key(by: document.scan) { return (node.place, hit) }
    }
    return nil
  }
}
