internal import GPG
internal import Secrets
internal import YAML

extension Vault {
  /// What a person says about an entry; nil leaves the sidecar unchanged.
  public struct Description: Sendable {
    public var owner: String?
    public var description: String?
    public var variable: String?
    public var expires: Timestamp?
    /// Further changes, as ``Vault/setFields(_:of:)`` takes them.
    public var changes: [(field: String, value: String)]

    public init(
      owner: String? = nil, description: String? = nil, variable: String? = nil,
      expires: Timestamp? = nil, changes: [(field: String, value: String)] = []
    ) {
      self.owner = owner
      self.description = description
      self.variable = variable
      self.expires = expires
      self.changes = changes
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

  /// Encrypts a key to the recipients of its folder and writes it with its sidecar; both change, or
  /// neither. Blocks.
  ///
  /// `source` is the entry from which the key comes, and with it all that its sidecar says. Throws
  /// if the current files are not those of `before`.
  public func store(
    _ new: borrowing NewKey, about description: Description, from source: EntryName? = nil,
    over before: Present = .anything, program: GPGProgram, now: Timestamp
  ) throws(Failure) {
    try store([
      prepare(new, about: description, from: source, over: before, program: program, now: now)
    ])
  }

  /// Encrypts a key with a sidecar that begins as `document`, such as a merged one that comes from the place
  /// `source`, and not as the file; writes nothing. Blocks.
  func prepare(
    _ new: borrowing NewKey, in document: Document?, of source: EntryName, program: GPGProgram,
    now: Timestamp
  ) throws(Failure) -> Prepared {
    var edits = document.map { SidecarEditor($0, of: new.entry) }
    try edits?.point(schemaOf: source, to: new.entry)
    return try sealed(
      new, about: Description(), from: nil, in: edits?.document, over: .anything, program: program,
      now: now)
  }

  /// Stores the key of `opened` in another place, as ``store(_:about:from:over:program:now:)`` does, and
  /// removes it from the old one: all of it happens, or nothing.
  public func move(
    _ opened: OpenedEntry, to target: EntryName, over before: Present, program: GPGProgram,
    now: Timestamp, isVouched: Bool = false
  ) throws(Failure) {
    let new = try opened.moved(
      to: target, after: lastSerial(of: target), isVouched: isVouched, isLeaving: true)
    let removed = try removal(of: opened.name)
    guard removed.first?.over == .digest(opened.digest) else {
      throw Failure(
        .cannotWrite, "'\(opened.name)' was changed meanwhile, so nothing was changed",
        hints: ["run the command again"])
    }
    let sealed = try sealed(
      new, about: Description(), from: opened.name, over: before, program: program, now: now)
    try apply(sealed.changes + removed)
    remember(sealed)
  }

  func sealed(
    _ new: borrowing NewKey, about description: Description, from source: EntryName?,
    in document: Document? = nil, over before: Present, program: GPGProgram, now: Timestamp
  ) throws(Failure) -> Prepared {
    if let fault = new.predecessor?.fault {
      throw Failure(
        .malformed, "'\(new.entry)' has an invalid line: \(fault)",
        hints: ["change the line to 'note: …', or remove it, with 'pass edit'"])
    }
    let (writer, files) = try place(of: new.entry, keeping: source, program: program)
    let configuration = repository.configuration
    let payload = try Payload(new.payload(vault: configuration.vaultID))
    let isVouched = new.isVouched || payload.ownHosts(for: new.provider).isEmpty
    let signer = try isVouched ? writer : unvouched(payload, of: new.entry, for: new.provider)
    let ciphertext = try encrypt(payload.copy(), of: new.entry, to: files, program: program)
    let preview = new.key.withBytes {
      Preview.text(of: $0, provider: new.provider, limit: configuration.policy.preview)
    }
    let sidecar = try updatedSidecar(
      of: new.entry, from: source, in: document,
      SidecarValues(
        description: description, provider: new.provider, preview: preview,
        digest: Self.digest(ciphertext), serial: new.serial,
        isOtherKey: new.isOtherKey,
        exposedTo: try formerReader(
          source == nil && document == nil ? new.readers + presentReaders(of: new) : new.readers,
          besides: files, program: program)),
      signer: signer, now: now)
    return Prepared(
      entry: new.entry, serial: new.serial, digest: Self.digest(ciphertext),
      key: repository.memory?.code(of: payload, for: new.provider), isVouched: isVouched,
      changes: [
        VaultChange(file: .ciphertext(new.entry), content: ciphertext, over: before),
        VaultChange(
          file: .sidecar(new.entry), content: sidecar.text, over: sidecar.replaced),
      ])
  }

  /// Throws whatever would keep any key from being stored at `name`: before a provider is asked about a
  /// key that is to go there.
  public func checkCanStore(at name: EntryName, program: GPGProgram) throws(Failure) {
    _ = try place(of: name, keeping: nil, program: program)
  }

  /// Who signs an entry, and who can read it. The sidecar of `source`, where there is one, is kept.
  private func place(
    of name: EntryName, keeping source: EntryName?, program: GPGProgram
  ) throws(Failure) -> (signer: Signer?, readers: [RecipientFile]) {
    let signer = try signer(in: name.environment)
    try checkRecipientsSigned()
    try checkSidecar(of: source ?? name)
    return (signer, try recipientFiles(of: name.environment, program: program))
  }

  func encrypt(
    _ payload: borrowing Secret, of name: EntryName, to files: [RecipientFile],
    program: GPGProgram
  ) throws(Failure) -> [UInt8] {
    do throws(GPGError) {
      return try GPG.encrypt(
        payload, to: files, program: program.path, runtimeDirectory: program.runtimeDirectory)
    } catch {
      throw error.failure(what: "cannot encrypt '\(name)'")
    }
  }

  /// The serial of the current ciphertext; nil where none can be read.
  public func digest(of name: EntryName) -> String? {
    (try? digest(of: .ciphertext(name))) ?? nil
  }

  /// The current ciphertext of an entry, for a caller that overwrites it later.
  public func present(_ name: EntryName) -> Present {
    digest(of: name).map { .digest($0) } ?? .nothing
  }

  static func digest(_ ciphertext: [UInt8]) -> String {
    "sha256:" + SHA256.hex(of: ciphertext)
  }

  /// The public key files of a folder's recipients. Throws if one is not in the repository.
  func recipientFiles(
    of folder: String, program: GPGProgram
  ) throws(Failure) -> [RecipientFile] {
    let list = try recipients(of: folder)
    var files: [RecipientFile] = []
    for recipient in list.recipients {
      let relative = "\(Paths.vault)/\(Paths.publicKeys)/\(recipient.fingerprint)"
      guard let bytes = try soundPublicKey(recipient.fingerprint) else {
        throw Failure(
          .notFound, "no public key for the recipient \(recipient.fingerprint)",
          hints: [
            "save it: \(PublicKeys.export(of: recipient.fingerprint))"
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

  /// The armored public key of a recipient, as checked out or as git has it; nil where the repository has
  /// none. Throws if it cannot be read or is another user's.
  private func soundPublicKey(_ fingerprint: String) throws(Failure) -> [UInt8]? {
    try reporting { () throws(FileError) in
      do throws(FileError) {
        return try Folder(repository.root).folder(PublicKeys.folder)
          .read(fingerprint, limit: RecipientFile.sizeLimit)
      } catch let error where error.isMissing {
        return try repository.absent.read("\(PublicKeys.folder)/\(fingerprint)")
      }
    }
  }

  /// The public key file of a recipient; nil where it cannot be read.
  func publicKey(_ fingerprint: String) -> [UInt8]? { try? soundPublicKey(fingerprint) }

  /// Removes what is there of entries, each named once: all of it or nothing. Throws if nothing is there of
  /// one.
  public func remove(_ names: [EntryName]) throws(Failure) {
    for name in names where files(of: name).isEmpty { throw missing(name) }
    try removeOthers(of: names)
    var changes: [VaultChange] = []
    for name in names { changes += try removal(of: name) }
    try apply(changes)
  }

  public func remove(_ name: EntryName) throws(Failure) { try remove([name]) }

  /// Removes what stands under the names of entries and is not a regular file, such as a link: a journal has no
  /// content to tell it by, and no key is lost with it.
  private func removeOthers(of names: [EntryName]) throws(Failure) {
    func others(of name: EntryName, in folder: borrowing Folder) -> [String] {
      [name.ciphertextName, name.sidecarName].filter {
        folder.kind(of: $0).map { $0 != .file } ?? false
      }
    }
    for name in names {
      let folder = try reporting { () throws(FileError) in
        try Folder(repository.root).folder(path(name.environment))
      }
      let others = others(of: name, in: folder)
      guard !others.isEmpty else { continue }
      try alone { (_) throws(Failure) in
        try reporting { () throws(FileError) in
          for other in others { try folder.remove(other) }
        }
      }
    }
  }

  /// The removal of the files of an entry that are there, as they are now.
  func removal(of name: EntryName) throws(Failure) -> [VaultChange] {
    var changes: [VaultChange] = []
    for file in [VaultFile.ciphertext(name), .sidecar(name)] {
      guard let digest = try digest(of: file) else { continue }
      changes.append(VaultChange(file: file, content: nil, over: .digest(digest)))
    }
    return changes
  }
}
