internal import FoundationEssentials
internal import GPG
internal import Naming
internal import Secrets
internal import YAML

/// `vault/.recipients.sig`: who can read which folder, the public keys, keyvault.yaml, and the provider
/// files, signed as one, with their places. The signature that `pass` keeps beside a `.gpg-id` covers bytes
/// alone, so that a list and its signature could be copied into another folder.
struct SignedRecipients: Sendable, Codable {
  /// What is signed.
  struct Content: Sendable, Equatable, Codable {
    var version = 2
    var vault: String
    /// One more at each signature, so that an older one can be recognised.
    var counter: Int
    /// Fingerprints, sorted, by the folder that has the list, such as `vault/production`.
    var folders: [Name: [String]]
    /// `sha256:…` by name.
    var publicKeys: [Name: String]
    /// `sha256:…` of keyvault.yaml.
    var configuration: String
    /// `sha256:…` of each file of `providers.d` that defines a provider, by name; nil in version 1, which
    /// says nothing of them.
    var providers: [Name: String]?

    enum CodingKeys: String, CodingKey {
      case version, vault, counter, folders, providers
      case publicKeys = "public_keys"
      case configuration = "config"
    }
  }

  let content: Content
  /// nil where there is none, or it is none.
  let signature: DetachedSignature?

  static let path = "\(Paths.vault)/\(Paths.listsSignature)"

  init(_ content: Content, signature: DetachedSignature) {
    self.content = content
    self.signature = signature
  }

  private enum CodingKeys: String, CodingKey { case signature }

  init(from decoder: any Decoder) throws {
    content = try Content(from: decoder)
    let text = try decoder.container(keyedBy: CodingKeys.self)
      .decodeIfPresent(String.self, forKey: .signature)
    signature = text.flatMap(SignedEntry.signature)
  }

  func encode(to encoder: any Encoder) throws {
    try content.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(signature.map(SignedEntry.text), forKey: .signature)
  }

  static let greatestCounter = 1_000_000_000

  /// nil for a document of another form.
  init?(parsing bytes: [UInt8]) {
    guard let document = try? JSONDecoder().decode(Self.self, from: Data(bytes)),
      document.content.version == (document.content.providers == nil ? 1 : 2),
      (1...Self.greatestCounter).contains(document.content.counter)
    else { return nil }
    self = document
  }

  /// The file's text: a fingerprint a line, so that a review shows who came and went.
  func text() throws(Failure) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    } catch {
      throw Failure(.io, "cannot write \(Self.path)")
    }
  }
}

extension SignedRecipients.Content {
  /// What the signature covers.
  var signedText: [UInt8] {
    func strings(_ texts: [Name: String]) -> Node.Value {
      .mapping(texts.map { Node.Pair(key: $0.key.text, .string($0.value)) })
    }
    let lists = folders.map { folder, list in
      Node.Pair(key: folder.text, .sequence(list.map { Node(.string($0)) }))
    }
    let document = Node(
      .mapping(
        [
          Node.Pair(key: "version", .int(version)), Node.Pair(key: "vault", .string(vault)),
          Node.Pair(key: "counter", .int(counter)), Node.Pair(key: "folders", .mapping(lists)),
          Node.Pair(key: "public_keys", strings(publicKeys)),
          Node.Pair(key: "config", .string(configuration)),
        ] + (providers.map { [Node.Pair(key: "providers", strings($0))] } ?? [])))
    // Version and counter are the only numbers, and they are small.
    return Array("keyvault-recipients-v\(version)\n\(CanonicalJSON.text(of: document) ?? "")".utf8)
  }

  /// `sha256:…` of what is signed, regardless of who signed it and when.
  var digest: String { Vault.digest(signedText) }

  /// Whether these lists take the place of `others`: they were signed later, or are the same.
  func follows(_ others: Self) -> Bool {
    counter > others.counter || counter == others.counter && digest == others.digest
  }

  /// Whether it is of the version that leaves the provider files out.
  var isOutdated: Bool { providers == nil }

  /// The content of the repository once `changes` are made.
  init(
    of repository: Repository, after changes: [VaultChange] = [], counter: Int
  ) throws(FileError) {
    var folders: [Name: [String]] = [:]
    for list in try repository.vault.recipientLists() {
      folders[repository.vault.path(list.folder)] = list.recipients.map(\.fingerprint).sorted()
    }
    var publicKeys: [Name: String] = [:]
    for name in try PublicKeys.listed(in: repository) {
      publicKeys[name] = repository.vault.publicKey(name).map(Vault.digest) ?? "unreadable"
    }
    for change in changes {
      switch (change.file, change.content) {
      case (.recipients(let folder), let text?):
        folders[repository.vault.path(folder)] =
          RecipientList(parsing: text, folder: folder).recipients.map(\.fingerprint).sorted()
      case (.publicKey(let name), let bytes?): publicKeys[name] = Vault.digest(bytes)
      default: break
      }
    }
    self.init(
      vault: repository.configuration.vaultID, counter: counter, folders: folders,
      publicKeys: publicKeys, configuration: repository.configurationDigest,
      providers: try repository.catalogue.digests())
  }

  /// Files of which `present`, what is in `repository`, says something else than what was signed.
  func changes(
    to present: Self, in repository: Repository
  ) -> [(file: String, message: String)] {
    var changes: [(file: String, message: String)] = []
    if configuration != present.configuration || vault != present.vault {
      changes.append((Paths.configuration, "this is not the signed version of the configuration"))
    }
    for folder in Set(folders.keys).union(present.folders.keys).sortedTexts
    where folders[folder] != present.folders[folder] {
      let file = "\(folder)/\(Paths.list)"
      changes.append((file, "this is not the signed version of the list"))
    }
    for name in Set(publicKeys.keys).union(present.publicKeys.keys).sortedTexts
    where publicKeys[name] != present.publicKeys[name] {
      let file = "\(PublicKeys.folder)/\(name.printable(limit: 80))"
      changes.append((file, "this is not the signed version of the public key"))
    }
    return changes + providerChanges(to: present, in: repository)
  }

  private func providerChanges(
    to present: Self, in repository: Repository
  ) -> [(file: String, message: String)] {
    let (signed, present) = (providers ?? [:], present.providers ?? [:])
    let names = Set(signed.keys).union(present.keys).sortedTexts
    return names.filter { signed[$0] != present[$0] }.compactMap { name in
      let file = "\(Paths.providers)/\(name.printable(limit: 80))"
      if signed[name] == nil, let digest = present[name] {
        return repository.catalogue.isCopy(name, digest: digest)
          ? nil : (file, "this provider file is not covered by the signature")
      }
      return (
        file,
        present[name] == nil
          ? "this provider file was signed and is missing"
          : "this is not the signed version of the provider file"
      )
    }
  }
}
