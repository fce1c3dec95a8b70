public import GPG
internal import Secrets

extension Vault {
  /// Reads, checks, and decrypts an entry. One buffer serves the digest, the packet check, and the
  /// decryption, so that the file cannot be exchanged in between. Blocks.
  ///
  /// Throws where the entry does not open, or `requirement` does not hold of it.
  public func open(
    _ entry: Entry, requiring requirement: Requirement, with gpg: GPG
  ) throws(Failure) -> OpenedEntry {
    try open(entry, requiring: requirement, with: gpg, by: nil)
  }

  /// Opens one of several entries. `signatures` is made once for all of them, and `cache` has what need not be
  /// read or decrypted.
  func open(
    _ entry: Entry, requiring requirement: Requirement, with gpg: GPG,
    by signatures: SignatureGate?,
    from cache: WarmCache.Contents? = nil
  ) throws(Failure) -> OpenedEntry {
    let gate =
      requirement < .signed ? nil : signatures ?? SignatureGate(for: [entry], in: repository)
    if requirement >= .bound, let fault = entry.fault { throw fault }
    let opened = try read(entry, with: gpg, from: cache) { file throws(Failure) in
      // Before gpg: an entry that no writer signed may have hostile packets.
      try gate?.check(entry, digest: file.digest)
    }
    try check(opened, of: entry, requirement)
    if gate?.isRequired == true, let serial = opened.payload.serial, opened.payload.isBound {
      try repository.memory?.learn(
        entry.name, serial: serial, digest: opened.digest, key: { opened.keyCode })
    }
    guard requirement < .fitting || !opened.doubts.contains(.otherDigest) else {
      throw Failure(
        .malformed,
        "'\(entry.name)' does not fit its sidecar: one of the two was changed alone, and rewriting "
          + "it would hide that",
        hints: Doubt.otherDigest.hints(for: entry.name.path))
    }
    return opened
  }

  /// Opens a ciphertext from elsewhere than the entry's file, such as a side of a merge. It must be
  /// bound; the caller judges its signature.
  func open(
    _ ciphertext: [UInt8], of entry: Entry, with gpg: GPG
  ) throws(Failure) -> OpenedEntry {
    let opened = try opened(Ciphertext(ciphertext), of: entry, with: gpg) { _, _ in [] }
    try check(opened, of: entry, .bound)
    return opened
  }

  /// Opens an earlier ciphertext of that place. It must be bound to the place, unless the policy
  /// allows an unbound one.
  func open(
    past ciphertext: [UInt8], at name: EntryName, with gpg: GPG
  ) throws(Failure) -> OpenedEntry {
    let message: Message
    do throws(MessageError) {
      message = try Message(ciphertext)
    } catch {
      throw Failure(.malformed, error.message)
    }
    let payload = try Payload(decrypt(message, of: name, with: gpg))
    if payload.isBound {
      try checkPlace(of: payload, at: name)
    } else if !repository.configuration.policy.allowsUnbound {
      throw Failure(.malformed, "it is not bound to this entry")
    }
    if let objection = payload.withKey(KeyText.objection) { throw Failure(.malformed, objection) }
    return OpenedEntry(
      name: name, sidecar: nil, payload: payload, provider: payload.provider ?? name.name,
      digest: Self.digest(ciphertext), readers: message.recipients, doubts: [],
      memory: repository.memory)
  }

  /// `admit` throws if the file is not to be decrypted.
  private func read(
    _ entry: Entry, with gpg: GPG, from cache: WarmCache.Contents?,
    admit: (Ciphertext) throws(Failure) -> Void
  ) throws(Failure) -> OpenedEntry {
    repository.memory?.prepare()
    var entry = entry
    let file = try ciphertext(of: &entry, from: cache)
    try admit(file)
    return try opened(file, of: entry, with: gpg, from: cache) {
      (payload, provider) throws(Failure) in
      // What this machine remembers is of the file.
      var doubts = try doubts(
        about: payload, of: entry.name, for: provider, file: file.bytes, digest: file.digest)
      if repository.undecided.contains(entry.name) { doubts.append(.undecided) }
      return doubts
    }
  }

  /// `remembered` are doubts by what this machine knows of the payload, for a provider.
  private func opened(
    _ file: Ciphertext, of entry: Entry, with gpg: GPG, from cache: WarmCache.Contents? = nil,
    remembered: (Payload, String) throws(Failure) -> [Doubt]
  ) throws(Failure) -> OpenedEntry {
    let name = entry.name
    let message = try message(file.bytes, of: name)
    let payload: Payload
    do throws(Failure) {
      // Whether gpg or the cache has the text, all checks come after.
      let text: Secret
      if let known = cache?.texts.text(of: file.digest) {
        text = known
      } else {
        text = try decrypt(message, of: name, with: gpg)
      }
      payload = try Payload(text)
    } catch let error where error.kind == .malformed {
      throw Failure(.malformed, "\(name.ciphertextPath): \(error.message)", hints: error.hints)
    }
    let provider = payload.provider ?? entry.provider
    var doubts = try remembered(payload, provider)
    let sidecar = entry.sidecar
    if sidecar?.digest ?? file.digest != file.digest
      || sidecar?.serial ?? .max < payload.serial ?? 0
    {
      doubts.append(.otherDigest)
    }
    return OpenedEntry(
      name: name, sidecar: sidecar, payload: payload, provider: provider, digest: file.digest,
      readers: message.recipients, doubts: doubts, memory: repository.memory)
  }

  /// Compares with what this machine remembers of the place. Throws if the key was rolled back.
  private func doubts(
    about payload: Payload, of name: EntryName, for provider: String, file bytes: [UInt8],
    digest: String
  ) throws(Failure) -> [Doubt] {
    guard let memory = repository.memory else { return [] }
    guard payload.isBound else { return try memory.record(of: name) == nil ? [] : [.unbound] }
    guard let serial = payload.serial, isHere(payload, name) else { return [] }
    if try memory.isOlder(name, serial: serial, ciphertext: bytes) { return [.olderCommit] }
    // Where signatures are required, an unsigned entry is not remembered here: see `open`.
    if !repository.requiresSignatures {
      try memory.learn(
        name, serial: serial, digest: digest, key: { memory.code(of: payload, for: provider) })
    }
    return []
  }

  private func check(
    _ opened: OpenedEntry, of entry: Entry, _ requirement: Requirement
  ) throws(Failure) {
    if requirement >= .here { try checkBinding(of: opened.payload, to: entry) }
    if requirement >= .bound { try checkBound(opened) }
  }

  private func checkBound(_ opened: OpenedEntry) throws(Failure) {
    guard opened.payload.isBound || repository.configuration.policy.allowsUnbound else {
      throw Failure(
        .malformed,
        "'\(opened.name)' is not bound to this entry (it was created outside "
          + "keyvault, for example by 'pass insert')",
        hints: [
          "run "
            + "'\(Shell("keyvault adopt \(opened.name)"))' once you know that it is the right key"
        ])
    }
    if let objection = opened.payload.withKey(KeyText.objection) {
      throw Failure(
        .malformed, "'\(opened.name)' has an invalid key: \(objection)",
        hints: ["store the right one: \(Shell("keyvault add \(opened.name) --replace"))"])
    }
  }

  /// The ciphertext's file. Where it does not fit the sidecar, a writer may stand between the two:
  /// both are read again then, under the lock.
  private func ciphertext(
    of entry: inout Entry, from cache: WarmCache.Contents?
  ) throws(Failure) -> Ciphertext {
    let known = cache?.ciphertexts[entry.name]
    let file = if let known { known } else { try ciphertext(of: entry.name) }
    guard let digest = entry.sidecar?.digest, digest != file.digest else { return file }
    // Without a lock, what is read now counts.
    let lock = RepositoryLock.shared(of: repository.root)
    defer { withExtendedLifetime(lock) {} }
    entry = try self.entry(entry.name)
    return try ciphertext(of: entry.name)
  }

  /// The ciphertext, checked without a key.
  private func message(_ bytes: [UInt8], of name: EntryName) throws(Failure) -> Message {
    let message: Message
    do throws(MessageError) {
      message = try Message(bytes)
    } catch {
      // git merges a ciphertext as text where it has no NUL at its beginning.
      if let finding = ConflictMarkers.finding(in: bytes, file: name.ciphertextPath) {
        throw Malformed(findings: [finding]).failure
      }
      throw Failure(
        .malformed, "\(name.ciphertextPath): \(error.message)",
        hints: error.hint.map { [$0] } ?? [])
    }
    guard !message.hasHiddenRecipients || repository.configuration.policy.allowsHiddenRecipients
    else {
      throw Failure(
        .malformed, "\(name.ciphertextPath): a recipient is hidden",
        hints: ["'policy: {hidden: allow}' in keyvault.yaml accepts such files"])
    }
    return message
  }

  private func decrypt(
    _ message: Message, of name: EntryName, with gpg: GPG
  ) throws(Failure) -> Secret {
    do throws(GPGError) {
      return try gpg.decrypt(message)
    } catch {
      var failure = error.failure(what: "cannot open '\(name)'")
      if case .noSecretKey = error.reason,
        let hint = repository.holders.hint(
          for: message.recipients, in: repository, program: gpg.program)
      {
        failure.hints = [hint]
      }
      throw failure
    }
  }

  /// A ciphertext that was moved or copied from elsewhere is an error everywhere, and so is one for
  /// another provider than its place says.
  private func checkBinding(of payload: Payload, to entry: Entry) throws(Failure) {
    if payload.isBound { try checkPlace(of: payload, at: entry.name) }
    // A newer ciphertext beside an older sidecar is what a crash leaves; an older one, nothing does.
    if let inside = payload.serial, let beside = entry.sidecar?.serial, inside < beside {
      throw Failure(
        .malformed,
        "'\(entry.name)' has the serial \(inside), but its sidecar says \(beside): the ciphertext is "
          + "an older one",
        hints: Doubt.otherDigest.hints(for: entry.name.path))
    }
    guard let provider = payload.provider, provider != entry.provider else { return }
    throw Failure(
      .malformed,
      "'\(entry.name)' is a key of '\(provider.printable(limit: 80))', "
        + "but its sidecar or name says '\(entry.provider.printable(limit: 80))'",
      hints: ["set 'provider:' in \(entry.name.sidecarPath) to the key's provider"])
  }

  private func isHere(_ payload: Payload, _ name: EntryName) -> Bool {
    payload.vault == repository.configuration.vaultID && payload.entry == name.path
  }

  private func checkPlace(of payload: Payload, at name: EntryName) throws(Failure) {
    if payload.vault != repository.configuration.vaultID {
      throw Failure(
        .malformed, "'\(name)' was encrypted for another repository",
        hints: [
          "add the key here with "
            + "'\(Shell("keyvault add \(name)"))', or restore the right file"
        ])
    }
    if payload.entry != name.path {
      let origin = (payload.entry ?? "").printable(limit: 80)
      throw Failure(
        .malformed, "'\(name)' holds the key of '\(origin)': its file was moved or copied",
        hints: [
          "bind it here with '\(Shell("keyvault adopt \(name) --from \(origin)"))'",
          "or, if git has the right file, restore it with "
            + "'\(Shell("git checkout -- \(path: name.ciphertextPath)"))'",
        ])
    }
  }
}
