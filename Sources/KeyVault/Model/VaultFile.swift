internal import GPG

/// A file of the vault, by what it is. A journal names files so, and never by a path: nothing that it
/// says can lead elsewhere.
enum VaultFile: Hashable, Sendable {
  case ciphertext(EntryName)
  case sidecar(EntryName)
  /// The `.gpg-id` of a folder, which is relative to the vault.
  case recipients(folder: String)
  /// A file of `.public-keys`, by a full fingerprint.
  case publicKey(fingerprint: String)
  /// `.recipients.sig`, of which there is one.
  case recipientsSignature
  /// The `.gpg-id.sig` that `pass` wants beside a list.
  case passSignature(folder: String)

  /// Relative to the vault.
  var folder: String {
    switch self {
    case .ciphertext(let name), .sidecar(let name): name.environment
    case .recipients(let folder), .passSignature(let folder): folder
    case .publicKey: Paths.publicKeys
    case .recipientsSignature: ""
    }
  }

  /// In its folder.
  var name: String {
    switch self {
    case .ciphertext(let name): name.ciphertextName
    case .sidecar(let name): name.sidecarName
    case .recipients: Paths.list
    case .publicKey(let fingerprint): fingerprint
    case .recipientsSignature: Paths.listsSignature
    case .passSignature: Paths.listSignature
    }
  }

  /// Relative to the repository's root.
  var path: String {
    [Paths.vault, folder, name].filter { !$0.isEmpty }.joined(separator: "/")
  }

  /// Ciphertexts are as private as pass makes them.
  var mode: UInt32 {
    if case .ciphertext = self { 0o600 } else { 0o644 }
  }
}

extension VaultFile: Codable {
  private enum Part: String, Codable {
    case ciphertext, sidecar, recipients
    case publicKey = "public_key"
    case recipientsSignature = "recipients_signature"
    case passSignature = "pass_signature"
  }

  private enum CodingKeys: String, CodingKey { case part, of }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let (part, of): (Part, String) =
      switch self {
      case .ciphertext(let name): (.ciphertext, name.path)
      case .sidecar(let name): (.sidecar, name.path)
      case .recipients(let folder): (.recipients, folder)
      case .publicKey(let fingerprint): (.publicKey, fingerprint)
      case .recipientsSignature: (.recipientsSignature, "")
      case .passSignature(let folder): (.passSignature, folder)
      }
    try container.encode(part, forKey: .part)
    try container.encode(of, forKey: .of)
  }

  /// Throws for an invalid name of an entry or a folder, or an invalid fingerprint.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let of = try container.decode(String.self, forKey: .of)
    func refuse() -> DecodingError {
      .dataCorruptedError(forKey: .of, in: container, debugDescription: "no name of a vault file")
    }
    func entry() throws -> EntryName {
      guard let name = EntryName(found: of) else { throw refuse() }
      return name
    }
    func folder() throws -> String {
      guard of.isEmpty || EntryName.objection(to: of) == nil else { throw refuse() }
      return of
    }
    switch try container.decode(Part.self, forKey: .part) {
    case .ciphertext: self = .ciphertext(try entry())
    case .sidecar: self = .sidecar(try entry())
    case .recipients: self = .recipients(folder: try folder())
    case .passSignature: self = .passSignature(folder: try folder())
    case .recipientsSignature: self = .recipientsSignature
    case .publicKey:
      guard of.count == 40, Key.isFingerprint(of) else { throw refuse() }
      self = .publicKey(fingerprint: of)
    }
  }
}
