internal import GPG
internal import Naming

extension PublicKeyFile {
  /// Bytes of a file that people send: signatures of others and pictures, which are left out, may be many.
  private static let sentLimit = 1 << 20

  /// What a file holds that a person was sent; `path` is the person's own, not the repository's. Throws
  /// unless it holds one public key, armored or not, whatever text is around it.
  public init(reading path: String, program: GPGProgram) throws(Failure) {
    let shown = "'\(path.printable(limit: 200))'"
    let blocks = try Self.blocks(in: try Self.bytes(of: path), shown)
    var keys: [Key] = []
    for block in blocks { keys += try Self.keys(in: block, shown, program) }
    let fingerprint = try Self.only(of: keys, shown)
    let minimal: [UInt8]
    do throws(GPGError) {
      minimal = try GPG.merge(
        publicKeyFiles: blocks, of: fingerprint, program: program.path,
        runtimeDirectory: program.runtimeDirectory)
    } catch {
      throw error.failure(what: "cannot read \(shown)")
    }
    self.init(fingerprint: fingerprint, armored: minimal)
    _ = try checked(as: shown, keys: Self.keys(in: minimal, shown, program))
  }

  private static func bytes(of path: String) throws(Failure) -> [UInt8] {
    do throws(FileError) {
      let slash = path.lastIndex(of: "/")
      let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
      let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
      return try Folder(ofAnyOwner: folder).read(name, limit: sentLimit)
    } catch {
      throw error.failure
    }
  }

  private static func blocks(
    in bytes: [UInt8], _ shown: String
  ) throws(Failure) -> [[UInt8]] {
    do throws(PublicKeyText.Damage) {
      return try PublicKeyText(bytes).blocks
    } catch {
      throw Failure(.malformed, "\(shown) \(error.message)", hints: [export])
    }
  }

  private static let export =
    "its owner exports it: gpg --armor --export-options export-minimal --export FINGERPRINT"

  private static func keys(
    in block: [UInt8], _ shown: String, _ program: GPGProgram
  ) throws(Failure) -> [Key] {
    do throws(GPGError) {
      return try GPG.inspect(
        publicKeyFile: block, program: program.path, runtimeDirectory: program.runtimeDirectory)
    } catch {
      throw error.failure(what: "cannot read \(shown)")
    }
  }

  /// The fingerprint of the only key. Throws if there is none, another one too, or a secret one.
  private static func only(of keys: [Key], _ shown: String) throws(Failure) -> String {
    guard let first = keys.first else {
      throw Failure(.malformed, "\(shown) holds no OpenPGP key", hints: [export])
    }
    if let secret = keys.first(where: \.hasSecret) {
      throw Failure(
        .malformed,
        "\(shown) cannot be a recipient: \(GPGError.Unusable.secretKey.message)",
        hints: [
          "nothing was written; give the public key: "
            + "\(Shell("gpg --armor --export \(secret.fingerprint)"))"
        ])
    }
    let others = Set(names: keys.map(\.fingerprint)).sortedTexts
    guard others.count == 1 else {
      throw Failure(
        .malformed, "\(shown) holds \(others.count) keys: expected one",
        hints: others.prefix(10).map { fingerprint in
          let person = keys.first { $0.fingerprint == fingerprint }?.userIDs.first ?? ""
          return "\(fingerprint)  \(person.printable(limit: 60))"
        } + ["import them, then add each: keyvault recipients add FINGERPRINT"])
    }
    return first.fingerprint
  }

  /// The key, if entries can be encrypted to it. Throws where `validate` would object.
  func checked(as what: String, keys: [Key]) throws(Failure) -> Key {
    let file: RecipientFile
    do throws(GPGError) {
      file = try RecipientFile(
        name: fingerprint, bytes: armored, fingerprint: fingerprint, keys: keys)
    } catch {
      guard case .unusableRecipient(_, let why) = error.reason else {
        throw error.failure(what: "\(what) cannot be a recipient")
      }
      throw Failure(
        .malformed, "\(what) cannot be a recipient: \(why.message)",
        hints: why == .secretKey
          ? [
            "nothing was written; give the public key: "
              + "\(Shell("gpg --armor --export \(fingerprint)"))"
          ]
          : why.hint.map { [$0] } ?? [])
    }
    if let weak = file.key.weakAlgorithm {
      throw Failure(
        .malformed, "\(what) cannot be a recipient: the key is weak, \(weak)",
        hints: ["its owner creates a new one: gpg --quick-generate-key 'Their Name <address>'"])
    }
    return file.key
  }
}

extension Vault {
  /// What was done to a folder's list; nothing is encrypted again by it.
  public struct RecipientChange: Sendable {
    /// Relative to the root; empty if all was so already.
    public var written: [String] = []
    /// The list from which a new one took its lines.
    public var startedFrom: String?
    /// The folder that has the list, relative to the vault.
    public let folder: String
    /// The person's first user id.
    public var name: String?

    /// Relative to the root.
    public var list: String { RecipientList.file(in: folder) }
  }

  /// A folder below the vault as a person typed it, such as `production` or `production/`. Throws a usage
  /// failure that says what is wrong with it.
  public static func folder(named text: String) throws(Failure) -> String {
    let name = text.hasSuffix("/") ? String(text.dropLast()) : text
    // One part more is the name of an entry.
    if let objection = EntryName.objection(to: name) ?? EntryName.objection(to: name + "/x") {
      throw Failure(
        .usage, "invalid folder name '\(text.printable(limit: 80))': \(objection)",
        hints: ["a folder is named by its path below vault/, such as production"])
    }
    return name
  }

  /// Adds a recipient to `folder`, for what is encrypted from now on. A folder without a list gets
  /// a copy of the list that governed it, so that no reader loses access.
  public func addRecipient(
    _ file: PublicKeyFile, to folder: String, program: GPGProgram
  ) throws(Failure) -> RecipientChange {
    let key = try inspected(file, program)
    let renewal = try recipientRenewal()
    var change = RecipientChange(folder: folder)
    change.name = key.userIDs.first
    let (text, list, premise) = try listText(of: folder)
    if let list, list.folder != folder { change.startedFrom = list.file }
    var changes = try publication(of: file, program)
    let isThere = list?.recipients.contains { $0.fingerprint == file.fingerprint } ?? false
    if isThere {
      change.startedFrom = nil
    } else {
      let separator = text.isEmpty || text.hasSuffix("\n") ? "" : "\n"
      let lines = text + separator + file.fingerprint + "\n"
      changes.append(self.list(lines, of: folder, after: premise))
    }
    if !changes.isEmpty { changes += try self.renewal(renewal, of: [folder], after: changes) }
    try apply(changes, given: [premise])
    change.written = changes.map(\.file.path)
    return change
  }

  /// A folder's new list; one that was not there is not to be there yet.
  func list(_ text: String, of folder: String, after premise: Premise) -> VaultChange {
    let file = VaultFile.recipients(folder: folder)
    return VaultChange(
      file: file, content: Array(text.utf8), over: premise.file == file ? premise.present : .nothing
    )
  }

  /// Entries of which the list of `folder` decides, and whose readers are not who it wants.
  public func drifted(in folder: String, program: GPGProgram) throws(Failure) -> [EntryName] {
    let list = try recipients(of: folder).folder
    let absent = try absentEntries(among: folder.isEmpty ? [] : [folder])
    var decided: [Entry] = []
    for entry in try entries(below: folder) + absent {
      let own = try reporting { () throws(FileError) in
        try recipientList(of: entry.name.environment)
      }
      if own?.folder == list { decided.append(entry) }
    }
    return try Reencryption(of: repository, program: program).drifted(decided).map(\.name)
  }

  /// The files that say who can read these entries, relative to the root: lists, public keys, signature.
  public func recipientFiles(of names: [EntryName]) -> [String] {
    let lists = Set(names: names.map(\.environment)).sortedTexts.compactMap {
      try? recipientList(of: $0)?.file
    }
    let keys = PublicKeys.names(in: repository).map { "\(PublicKeys.folder)/\($0)" }
    let signature = VaultFile.recipientsSignature.path
    let isSigned = (try? Folder(repository.root))?.holds(signature) ?? false
    return lists.sorted() + keys + (isSigned ? [signature] : [])
  }

  /// The recipients in lists whose public key is not in the repository; sorted. Invalid lines are
  /// skipped.
  public func recipientsWithoutKey() -> [(list: String, folder: String, fingerprint: String)] {
    var seen = Set(names: PublicKeys.names(in: repository))
    var missing: [(list: String, folder: String, fingerprint: String)] = []
    for list in (try? recipientLists()) ?? [] {
      for recipient in list.recipients where seen.insert(recipient.fingerprint).inserted {
        missing.append((list.file, list.folder, recipient.fingerprint))
      }
    }
    return missing
  }

  /// Lines of the lists that match no public key: where there is one, nothing is encrypted.
  public func faultyRecipients() -> [Finding] {
    ((try? recipientLists()) ?? []).flatMap(\.findings).filter { $0.severity == .error }
  }

  /// Files of lists that name a recipient.
  public func lists(naming fingerprint: String) -> [String] {
    let lists = (try? recipientLists()) ?? []
    return lists.filter { $0.recipients.contains { $0.fingerprint == fingerprint } }.map(\.file)
  }

  private func inspected(_ file: PublicKeyFile, _ program: GPGProgram) throws(Failure) -> Key {
    let keys: [Key]
    do throws(GPGError) {
      keys = try GPG.inspect(
        publicKeyFile: file.armored, program: program.path,
        runtimeDirectory: program.runtimeDirectory)
    } catch {
      throw error.failure(what: "cannot read the key \(file.fingerprint)")
    }
    return try file.checked(as: "the key \(file.fingerprint)", keys: keys)
  }

  /// The text of the list that governs a folder, empty if there is none, and where it was read.
  /// Throws if it has a fault other than that it is empty.
  func listText(of folder: String) throws(Failure) -> (String, RecipientList?, Premise) {
    let list: RecipientList
    let bytes: [UInt8]
    do throws(FileError) {
      guard let found = try recipientList(of: folder) else {
        return ("", nil, Premise(file: .recipients(folder: folder), present: .nothing))
      }
      list = found
      bytes = try self.bytes(of: found.file) ?? []
    } catch {
      throw error.failure
    }
    let faults = list.findings.filter { $0.severity == .error }
    // An empty list is what is about to be fixed.
    if faults.contains(where: { $0.code != Finding.Code.noRecipients.rawValue }) {
      _ = try recipients(of: folder)
    }
    let premise = Premise(
      file: .recipients(folder: list.folder), present: Present(of: bytes))
    return (String(decoding: bytes, as: UTF8.self), list, premise)
  }

  /// Puts the key into the repository. One that is there and can be used stays: it may know of a
  /// revocation or a longer life that a copy from elsewhere lacks.
  private func publication(
    of file: PublicKeyFile, _ program: GPGProgram
  ) throws(Failure) -> [VaultChange] {
    let before = Present(of: publicKey(file.fingerprint))
    let present = try repository.publicKeys(program).file(file.fingerprint)
    if let key = present?.key {
      if key.isRevoked {
        throw Failure(
          .malformed,
          "the key \(file.fingerprint) is revoked, according to its file in the "
            + "repository",
          hints: ["ask its owner for the new key"])
      }
      if !key.hasSecret, key.unusable == nil { return [] }
    }
    return [
      VaultChange(
        file: .publicKey(fingerprint: file.fingerprint), content: file.armored, over: before)
    ]
  }
}
