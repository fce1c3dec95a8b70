internal import FoundationEssentials
internal import GPG
internal import Naming
internal import YAML

/// What the signature of an entry covers, and its form in a sidecar.
enum SignedEntry {
  static let field = "signature"

  /// What changes without a signer's consent: the signature itself, the preview, and the exposure,
  /// which is a cache.
  private static let unsigned: Set<Name> = [Name(field), "preview", "exposed"]

  /// The place comes from the files' path and never from their content. nil for a sidecar without a
  /// canonical form (a fraction).
  static func text(of name: EntryName, sidecar root: Node, vault: String) -> [UInt8]? {
    let fields = (root.mapping ?? []).filter { !unsigned.contains($0.key) }
    let document = Node(
      .mapping([
        Node.Pair(key: "vault", .string(vault)), Node.Pair(key: "entry", .string(name.path)),
        Node.Pair(key: "sidecar", .mapping(fields)),
      ]))
    return CanonicalJSON.text(of: document).map { Array("keyvault-entry-v1\n\($0)".utf8) }
  }

  static func text(of signature: DetachedSignature) -> String {
    Data(signature.bytes).base64EncodedString()
  }

  /// nil where it is none.
  static func signature(_ text: String) -> DetachedSignature? {
    Data(base64Encoded: text).flatMap { DetachedSignature(Array($0)) }
  }
}

extension Node.Pair {
  init(key: String, _ value: Node.Value) {
    self.init(key: key, keyPlace: .start, value: Node(value))
  }
}
