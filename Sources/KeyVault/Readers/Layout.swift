internal import Secrets

/// A recipient's public key as `vault/.public-keys/` holds it.
public struct PublicKeyFile: Sendable {
  public let fingerprint: String
  let armored: [UInt8]

  public init(fingerprint: String, armored: [UInt8]) {
    self.fingerprint = fingerprint
    self.armored = armored
  }
}

/// The files that make a folder a repository.
public struct Layout: Sendable {
  private let root: String

  /// `root` is absolute and exists.
  public init(root: String) {
    self.root = root
  }

  /// Whom a password-store that is in the folder already names as its readers; nil if there is none.
  /// Throws if there is a repository already.
  public func storeRecipients() throws(Failure) -> [String]? {
    try refuseRepository()
    do throws(FileError) {
      let bytes = try Folder(root).folder(Paths.vault)
        .read(Paths.list, limit: RecipientList.sizeLimit)
      return RecipientList(parsing: bytes, folder: "").recipients.map(\.fingerprint)
    } catch let error where error.isMissing {
      return nil
    } catch {
      throw error.failure
    }
  }

  /// Writes what is missing; the paths of what was written, relative to the root. Throws if there is
  /// a repository already.
  public func create(recipients: [PublicKeyFile]) throws(Failure) -> [String] {
    try refuseRepository()
    return try RepositoryLock.exclusive(of: root).whileHeld { () throws(Failure) in
      // Another one may have made it while this one waited.
      try refuseRepository()
      return try reporting { () throws(FileError) in try files(recipients) }
    }
  }

  private func files(_ recipients: [PublicKeyFile]) throws(FileError) -> [String] {
    let folder = try Folder(root)
    var written: [String] = []
    for name in SchemaLibrary.fileKinds {
      let file = "\(name).schema.json"
      try write(SchemaLibrary.text(name) ?? "", to: Paths.schemas, file, in: folder, &written)
    }
    let keys = "\(Paths.vault)/\(Paths.publicKeys)"
    for recipient in recipients {
      try write(
        String(decoding: recipient.armored, as: UTF8.self), to: keys, recipient.fingerprint,
        in: folder, &written)
    }
    let list = recipients.map { $0.fingerprint + "\n" }.joined()
    try write(list, to: Paths.vault, Paths.list, in: folder, &written)
    try ignoreState(in: folder, &written)
    // Last: with it the folder is a repository.
    try write(Self.configuration(), to: "", Paths.configuration, in: folder, &written)
    return written
  }

  private func refuseRepository() throws(Failure) {
    if (try? Folder(root))?.kind(of: Paths.configuration) != nil {
      throw Failure(
        .cannotWrite, "'\(root)' is already a keyvault repository",
        hints: ["nothing was changed; 'keyvault doctor' checks it"])
    }
  }

  private func write(
    _ text: String, to relative: String, _ name: String, in root: borrowing Folder,
    _ written: inout [String]
  ) throws(FileError) {
    let folder = try root.folder(relative, create: true)
    guard folder.kind(of: name) == nil else { return }
    try folder.write(text.utf8Bytes.span.bytes, as: name, mode: 0o644)
    written.append(relative.isEmpty ? name : "\(relative)/\(name)")
  }

  private func ignoreState(
    in folder: borrowing Folder, _ written: inout [String]
  ) throws(FileError) {
    let name = ".gitignore"
    var text = ""
    if folder.kind(of: name) == .file {
      text = String(decoding: try folder.read(name, limit: Limits.document), as: UTF8.self)
    }
    let lines = text.split(separator: "\n").map(String.init)
    let missing = ["\(Paths.state)/", ".keyvault-*.tmp", ".env", ".env.*"].filter {
      !lines.contains($0)
    }
    guard !missing.isEmpty else { return }
    if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
    text += missing.map { $0 + "\n" }.joined()
    try folder.write(text.utf8Bytes.span.bytes, as: name, mode: 0o644)
    written.append(name)
  }

  private static func configuration() -> String {
    """
    # yaml-language-server: $schema=Schemas/keyvault.schema.json
    version: 1
    vault: "\(RandomID.hex())"

    # environments:
    #   production:
    #     description: Live traffic
    #     require: [openai, anthropic]     # 'test' and 'render' fail if one has no key
    #   staging:
    #     inherit: [shared]                # entries of vault/shared fill what staging lacks
    #   proxied:
    #     gateway: "https://gateway.example.com/{provider}"

    # preferences:                         # best first
    #   text-generation: [anthropic, openai, mistral]

    # policy:
    #   rotation: {max_age: 90d, warn: 14d}

    """
  }
}

extension String {
  fileprivate var utf8Bytes: [UInt8] { Array(utf8) }
}
