internal import GPG
internal import Secrets
internal import YAML

extension Vault {
  /// What a person says about an entry; nil leaves the sidecar as it is.
  public struct Description: Sendable {
    public var owner: String?
    public var description: String?
    public var variable: String?
    public var expires: Timestamp?

    public init(
      owner: String? = nil, description: String? = nil, variable: String? = nil,
      expires: Timestamp? = nil
    ) {
      self.owner = owner
      self.description = description
      self.variable = variable
      self.expires = expires
    }

    /// Throws what would make the sidecar wrong, before a provider is asked.
    public func check() throws(Failure) {
      guard let variable else { return }
      let objection =
        VariableName.objection(to: variable) ?? BaseURLVariable.objection(to: variable)
      if let objection {
        throw Failure(.usage, objection)
      }
    }
  }

  /// Encrypts a key to the recipients of its folder and writes it with its sidecar. Both files are
  /// staged before the first takes its name, so that a full disk changes nothing. Blocks.
  ///
  /// `source` is the entry from which the key comes, and with it all that its sidecar says.
  public func store(
    _ new: borrowing NewKey, about description: Description, from source: EntryName? = nil,
    program: GPGProgram, now: Timestamp
  ) throws(Failure) {
    let signer = try signer(in: new.entry.environment)
    try checkRecipientsSigned()
    try checkSidecar(of: source ?? new.entry)
    let files = try recipientFiles(of: new.entry.environment, program: program)
    let configuration = repository.configuration
    let ciphertext: [UInt8]
    do throws(GPGError) {
      ciphertext = try GPG.encrypt(
        new.payload(vault: configuration.vaultID), to: files, program: program.path,
        runtimeDirectory: program.runtimeDirectory)
    } catch {
      throw error.failure(what: "cannot encrypt '\(new.entry)'")
    }
    let preview = new.key.withBytes {
      Preview.text(of: $0, provider: new.provider, limit: configuration.policy.preview)
    }
    let sidecar = try updatedSidecar(
      of: new.entry, from: source,
      SidecarValues(
        description: description, provider: new.provider, preview: preview,
        digest: Self.digest(ciphertext), serial: new.serial,
        isOtherKey: new.isOtherKey),
      signer: signer, now: now)
    try write(ciphertext, and: sidecar, as: new.entry)
  }

  static func digest(_ ciphertext: [UInt8]) -> String {
    "sha256:" + SHA256.hex(of: ciphertext)
  }

  /// The public key files of a folder's recipients. Throws if one is not in the repository.
  private func recipientFiles(
    of folder: String, program: GPGProgram
  ) throws(Failure) -> [RecipientFile] {
    let list = try recipients(of: folder)
    var files: [RecipientFile] = []
    for recipient in list.recipients {
      let relative = "\(Self.folder)/\(RecipientList.publicKeys)/\(recipient.fingerprint)"
      guard let bytes = publicKey(recipient.fingerprint) else {
        throw Failure(
          .notFound, "no public key for the recipient \(recipient.fingerprint)",
          hints: [
            "save it: gpg --armor --export-options export-minimal --export "
              + "\(recipient.fingerprint) > \(relative)"
          ])
      }
      do throws(GPGError) {
        files.append(
          try RecipientFile(
            name: relative, bytes: bytes, fingerprint: recipient.fingerprint,
            program: program.path, runtimeDirectory: program.runtimeDirectory))
      } catch {
        throw error.failure(what: "cannot encrypt for \(recipient.fingerprint)")
      }
    }
    return files
  }

  /// The armored public key of a recipient; nil where the repository has none.
  func publicKey(_ fingerprint: String) -> [UInt8]? {
    let folder = try? Folder(repository.root).folder("\(Self.folder)/\(RecipientList.publicKeys)")
    return try? folder?.read(fingerprint, limit: 64 << 10)
  }

  private func write(
    _ ciphertext: [UInt8], and sidecar: [UInt8], as name: EntryName
  ) throws(Failure) {
    do throws(FileError) {
      let folder = try Folder(repository.root).folder(path(name.environment), create: true)
      let key = try folder.stage(ciphertext.span.bytes, as: name.ciphertextName, mode: 0o600)
      let metadata: Folder.Staged
      do throws(FileError) {
        metadata = try folder.stage(sidecar.span.bytes, as: name.sidecarName, mode: 0o644)
      } catch {
        folder.discard(key)
        throw error
      }
      do throws(FileError) {
        try folder.commit(key)
      } catch {
        folder.discard(metadata)
        throw error
      }
      try folder.commit(metadata)
    } catch {
      throw error.failure
    }
  }

  /// Removes an entry: the ciphertext first, since a sidecar alone is harmless.
  public func remove(_ name: EntryName) throws(Failure) {
    do throws(FileError) {
      let folder = try Folder(repository.root).folder(path(name.environment))
      try folder.remove(name.ciphertextName)
      if folder.kind(of: name.sidecarName) != nil { try folder.remove(name.sidecarName) }
    } catch {
      throw error.failure
    }
  }
}
