public import GPG
internal import Naming

/// Re-encrypts entries whose readers differ from their folder's recipients, and leaves everything
/// else unchanged, byte for byte: of payloads, only the binding is read.
public struct Reencryption: Sendable {
  private let repository: Repository
  private let program: GPGProgram

  /// What became of the entries that had drifted; each list sorted.
  public struct Outcome: Sendable {
    public var done: [EntryName] = []
    /// Of these, those that are marked as exposed now: a person could read them who no longer can.
    public var exposed: [EntryName] = []
    /// No secret key here opens them.
    public var locked: [EntryName] = []
    /// What else was in the way.
    public var failed: [(entry: EntryName, failure: Failure)] = []
  }

  public init(of repository: Repository, program: GPGProgram) {
    self.repository = repository
    self.program = program
  }

  /// Those of `entries` whose readers differ from those whom their folder wants. No key is opened.
  public func drifted(_ entries: [Vault.Entry]) throws(Failure) -> [Vault.Entry] {
    let keys = try repository.publicKeys(program)
    var readers: [Name: Readers] = [:]
    for folder in Set(names: entries.map(\.name.environment)).sortedTexts {
      readers[folder] = Readers(of: try repository.vault.recipients(of: folder), keys: keys)
    }
    let hasDrifted = concurrentMap(entries.count) { [readers] index in
      let name = entries[index].name
      // What cannot be looked into is not as it should be: opening it says why.
      guard let message = repository.vault.structure(of: name) else { return true }
      return readers[name.environment]?.drift(of: message).isEmpty == false
    }
    return zip(entries, hasDrifted).filter(\.1).map(\.0)
  }

  /// Opens and encrypts on all cores; then all files change together. `progress` hears of each entry.
  public func run(
    _ entries: [Vault.Entry], with gpg: GPG, now: Timestamp,
    progress: @escaping @Sendable () -> Void
  ) async throws(Failure) -> Outcome {
    try repository.vault.checkRecipientsSigned()
    let files = try recipientFiles(for: entries)
    let results = await withTaskGroup(of: (Int, Result<Renewal, Failure>?).self) { group in
      for (index, entry) in entries.enumerated() {
        group.addTask {
          let result = await BlockingWork.run {
            Result { () throws(Failure) in
              try renewed(entry, for: files[entry.name.environment] ?? [], with: gpg, now: now)
            }
          }
          progress()
          return (index, result)
        }
      }
      var results = [Result<Renewal, Failure>?](repeating: nil, count: entries.count)
      for await (index, result) in group { results[index] = result }
      return results
    }
    var outcome = Outcome()
    var changes: [Vault.Prepared] = []
    for (entry, result) in zip(entries, results) {
      switch result {
      case .success(let renewal)?:
        changes.append(renewal.change)
        outcome.done.append(entry.name)
        if renewal.isMarked { outcome.exposed.append(entry.name) }
      case .failure(let failure)? where failure.kind == .locked: outcome.locked.append(entry.name)
      case .failure(let failure)?: outcome.failed.append((entry.name, failure))
      case nil: throw Failure(.io, "the run was interrupted, so nothing was changed")
      }
    }
    if !changes.isEmpty { try repository.vault.apply(changes.flatMap(\.changes)) }
    for change in changes { repository.vault.remember(change) }
    return outcome
  }

  /// What becomes of an entry.
  private struct Renewal {
    let change: Vault.Prepared
    /// Whether its sidecar says now that the key is exposed, and did not before.
    let isMarked: Bool
  }

  /// Each list's keys are shown to gpg once.
  private func recipientFiles(
    for entries: [Vault.Entry]
  ) throws(Failure) -> [Name: [RecipientFile]] {
    var byList: [Name: [RecipientFile]] = [:]
    var files: [Name: [RecipientFile]] = [:]
    for folder in Set(names: entries.map(\.name.environment)).sortedTexts {
      let list = try repository.vault.recipients(of: folder).folder
      if byList[list] == nil {
        byList[list] = try repository.vault.recipientFiles(of: folder, program: program)
      }
      files[folder] = byList[list]
    }
    return files
  }

  /// The payload of an entry made by `pass insert` stays unchanged, and a pair that does not fit
  /// together is left alone: a new digest would make it look valid.
  private func renewed(
    _ entry: Vault.Entry, for files: [RecipientFile], with gpg: GPG, now: Timestamp
  ) throws(Failure) -> Renewal {
    if let fault = entry.fault { throw fault }
    let vault = repository.vault
    let opened = try vault.open(entry, requiring: .here, with: gpg)
    if opened.doubts.contains(.otherDigest) {
      throw Failure(
        .malformed,
        "\(entry.name.sidecarPath) does not have the digest of "
          + "\(entry.name.ciphertextPath)",
        hints: ["once you have verified both: \(Shell("keyvault adopt \(entry.name)"))"])
    }
    let ciphertext = try vault.encrypt(
      opened.payload.copy(), of: entry.name, to: files, program: program)
    var changes = [
      VaultChange(
        file: .ciphertext(entry.name), content: ciphertext, over: .digest(opened.digest))
    ]
    var isMarked = false
    if entry.sidecar != nil {
      let sidecar: Vault.SidecarChange
      (sidecar, isMarked) = try vault.sidecar(
        of: entry.name, withDigest: Vault.digest(ciphertext),
        exposedTo: vault.formerReader(opened.readers, besides: files, program: program),
        signer: vault.signer(ofChangeTo: entry.name), now: now)
      changes.append(
        VaultChange(file: .sidecar(entry.name), content: sidecar.text, over: sidecar.replaced))
    }
    // Who decided on its hosts is the same as before.
    let known = try repository.memory?.record(of: entry.name)
    let change = Vault.Prepared(
      entry: entry.name, serial: opened.serial, digest: Vault.digest(ciphertext),
      key: opened.keyCode, isVouched: known?.digest == opened.digest && known?.isVouched == true,
      changes: changes)
    return Renewal(change: change, isMarked: isMarked)
  }
}
