public import GPG
internal import Secrets

/// An entry whose ciphertext was opened. Only ``Vault/open(_:with:)`` and its variants make one.
public final class OpenedEntry: Sendable {
  public let name: EntryName
  public let sidecar: Sidecar?
  public let payload: Payload
  /// The provider that the key is for: the payload's word, else the sidecar's, else the name.
  public let provider: String
  /// `sha256:…` of the ciphertext that was opened.
  public let digest: String
  /// What should be looked at, though the key can be used.
  public let doubts: [Doubt]
  private let memory: Memory?

  fileprivate init(
    name: EntryName, sidecar: Sidecar?, payload: Payload, provider: String, digest: String,
    doubts: [Doubt], memory: Memory?
  ) {
    self.name = name
    self.sidecar = sidecar
    self.payload = payload
    self.provider = provider
    self.digest = digest
    self.doubts = doubts
    self.memory = memory
  }

  /// This machine's code of the credential; nil where nothing is remembered.
  var keyCode: String? { memory?.code(of: payload, for: provider) }
}

extension Vault {
  /// Reads, checks and decrypts an entry. One buffer serves the digest, the packet check and the
  /// decryption, so that nobody can exchange the file in between. Blocks.
  public func open(_ entry: Entry, with gpg: GPG) throws(Failure) -> OpenedEntry {
    try open(entry, from: nil, with: gpg)
  }

  /// The same with a ciphertext from elsewhere than its file, if one is given.
  private func open(
    _ entry: Entry, from ciphertext: [UInt8]?, with gpg: GPG
  ) throws(Failure) -> OpenedEntry {
    let opened = try openAnywhere(entry, from: ciphertext, with: gpg)
    try checkBinding(of: opened.payload, to: entry)
    return opened
  }

  /// The same wherever the payload says that it belongs; for `adopt` alone.
  public func openAnywhere(_ entry: Entry, with gpg: GPG) throws(Failure) -> OpenedEntry {
    try openAnywhere(entry, from: nil, with: gpg)
  }

  private func openAnywhere(
    _ entry: Entry, from ciphertext: [UInt8]?, with gpg: GPG
  ) throws(Failure) -> OpenedEntry {
    let name = entry.name
    var entry = entry
    let file: Ciphertext
    if let ciphertext {
      file = Ciphertext(ciphertext)
    } else {
      repository.memory?.prepare()
      file = try self.ciphertext(of: &entry)
    }
    let (bytes, digest) = (file.bytes, file.digest)
    let message = try message(bytes, of: name)
    let payload: Payload
    do throws(Failure) {
      payload = try Payload(text(of: message, digest: digest, at: name, with: gpg))
    } catch let error where error.kind == .malformed {
      throw Failure(.malformed, "\(name.ciphertextPath): \(error.message)", hints: error.hints)
    }
    // What this machine remembers is of the file.
    let provider = payload.provider ?? entry.provider
    var doubts =
      ciphertext == nil
      ? try doubts(about: payload, of: name, for: provider, file: bytes, digest: digest) : []
    if ciphertext == nil, repository.undecided.contains(name) { doubts.append(.undecided) }
    let sidecar = entry.sidecar
    if sidecar?.digest ?? digest != digest || sidecar?.serial ?? .max < payload.serial ?? 0 {
      doubts.append(.otherDigest)
    }
    return OpenedEntry(
      name: name, sidecar: entry.sidecar, payload: payload,
      provider: provider, digest: digest, doubts: doubts, memory: repository.memory)
  }

  /// Against what this machine remembers of the place. Throws if the key was put back.
  private func doubts(
    about payload: Payload, of name: EntryName, for provider: String, file bytes: [UInt8],
    digest: String
  ) throws(Failure) -> [Doubt] {
    guard let memory = repository.memory else { return [] }
    guard payload.isBound else { return try memory.record(of: name) == nil ? [] : [.unbound] }
    guard let serial = payload.serial, isHere(payload, name) else { return [] }
    if try memory.isOlder(name, serial: serial, ciphertext: bytes) { return [.olderCommit] }
    // Where signatures are required, an unsigned entry is not remembered here: see openBound.
    if !repository.requiresSignatures {
      try memory.learn(
        name, serial: serial, digest: digest, key: { memory.code(of: payload, for: provider) })
    }
    return []
  }

  /// The same for commands that send or render keys: an unbound payload is refused, unless the policy
  /// allows it, and so is one that nobody signed, where signatures are required.
  ///
  /// `signatures` is made once for several entries, this one among them.
  public func openBound(_ entry: Entry, with gpg: GPG) throws(Failure) -> OpenedEntry {
    try openBound(entry, with: gpg, signatures: SignatureGate(for: [entry], in: repository))
  }

  func openBound(
    _ entry: Entry, with gpg: GPG, signatures: SignatureGate
  ) throws(Failure) -> OpenedEntry {
    let opened = try openSound(entry, with: gpg)
    try signatures.check(entry, digest: opened.digest)
    if signatures.isRequired, let serial = opened.payload.serial, opened.payload.isBound {
      try repository.memory?.learn(
        entry.name, serial: serial, digest: opened.digest, key: { opened.keyCode })
    }
    return opened
  }

  /// The same, whoever signed it.
  func openSound(_ entry: Entry, with gpg: GPG) throws(Failure) -> OpenedEntry {
    if let fault = entry.fault { throw fault }
    return try openBound(entry, from: nil, with: gpg)
  }

  /// The same with a ciphertext from elsewhere than its file, such as a side of a merge, if one is given.
  func openBound(
    _ entry: Entry, from ciphertext: [UInt8]?, with gpg: GPG
  ) throws(Failure) -> OpenedEntry {
    let opened = try open(entry, from: ciphertext, with: gpg)
    guard opened.payload.isBound || repository.configuration.policy.allowsUnbound else {
      throw Failure(
        .malformed, "'\(entry.name)' does not say where it belongs, as what 'pass insert' makes",
        hints: [
          "run "
            + "'\(Shell("keyvault adopt \(entry.name)"))' once you know that it is the right key"
        ])
    }
    if let objection = opened.payload.withKey(KeyText.objection) {
      throw Failure(
        .malformed, "'\(entry.name)' holds what cannot be a key: \(objection)",
        hints: ["store the right one: \(Shell("keyvault add \(entry.name) --force"))"])
    }
    return opened
  }

  /// The same for commands that write what they opened anew: beside the new digest nobody could see
  /// any more that a ciphertext and its sidecar did not belong together.
  public func openFitting(_ entry: Entry, with gpg: GPG) throws(Failure) -> OpenedEntry {
    let opened = try openBound(entry, with: gpg)
    guard !opened.doubts.contains(.otherDigest) else {
      throw Failure(
        .malformed,
        "'\(entry.name)' does not fit its sidecar: one of the two was changed alone, and to write it "
          + "anew would hide that",
        hints: Doubt.otherDigest.hints(for: entry.name.path))
    }
    return opened
  }

  /// The ciphertext's file. Where it does not fit the sidecar, a writer may stand between the two: both are
  /// read again then, while nobody writes.
  private func ciphertext(of entry: inout Entry) throws(Failure) -> Ciphertext {
    let known = repository.cached?.ciphertexts[entry.name]
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

  /// From the cache, else by gpg; whichever it is, all checks come after.
  private func text(
    of message: Message, digest: String, at name: EntryName, with gpg: GPG
  ) throws(Failure) -> Secret {
    if let text = repository.cached?.texts.text(of: digest) { return text }
    return try decrypt(message, of: name, with: gpg)
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
      hints: ["set 'provider:' in \(entry.name.sidecarPath) to what the key is for"])
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
          "restore it with '\(Shell("git checkout -- \(name.ciphertextPath)"))'",
          "or bind it here with '\(Shell("keyvault adopt \(name) --from \(origin)"))'",
        ])
    }
  }
}

extension Vault {
  /// Opens a ciphertext that lay at that place once. Nothing is sent that does not say that it belonged
  /// there, unless the policy allows it.
  func openPast(
    _ ciphertext: [UInt8], at name: EntryName, with gpg: GPG
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
      throw Failure(.malformed, "it does not say where it belongs")
    }
    if let objection = payload.withKey(KeyText.objection) { throw Failure(.malformed, objection) }
    return OpenedEntry(
      name: name, sidecar: nil, payload: payload, provider: payload.provider ?? name.name,
      digest: Self.digest(ciphertext), doubts: [], memory: repository.memory)
  }
}
