internal import GPG

extension Vault {
  /// Who re-signs the lists after a change, and what the counter was in which file.
  struct RecipientRenewal {
    let signer: Signer
    let counter: Int
    /// A process that signs other lists meanwhile writes this file.
    let present: Present
  }

  /// Signs who can read which folder, the public keys, keyvault.yaml, and the provider files as they stand;
  /// the counter. The person vouches for all of it.
  public func signRecipients(
    as signer: Signer
  ) throws(Failure) -> (counter: Int, written: [String]) {
    try checkWriter(signer, in: "")
    let (last, present) = try lastCounter()
    let counter = last + 1
    var changes = [try signature(counter: counter, as: signer, over: present)]
    let lists: [RecipientList]
    do throws(FileError) {
      lists = try recipientLists()
    } catch {
      throw error.failure
    }
    for list in lists {
      if let change = try signatureForPass(list.folder) { changes.append(change) }
    }
    try apply(changes)
    return (counter, changes.map(\.file.path))
  }

  /// Called before a change of lists or public keys; nil where nothing is to be signed after it.
  /// Throws where signatures are required and the current files differ from what was signed: a
  /// signer must not vouch for another person's change.
  func recipientRenewal() throws(Failure) -> RecipientRenewal? {
    let rules = repository.signingRules
    guard rules.policy != .off else { return nil }
    guard let signer = try signer(in: "") else {
      try tellIfSigned()
      return nil
    }
    if rules.policy == .required {
      // Before it is judged: what comes in between is found in the end.
      let (counter, present) = try lastCounter()
      try checkRecipientsSigned()
      return RecipientRenewal(signer: signer, counter: counter, present: present)
    }
    let (counter, present) = try lastCounter()
    guard !rules.signers.isEmpty,
      case .good(let signed) = try repository.recipientsState(repository.signatureJudge(rules)),
      signed.counter >= counter
    else {
      try tellIfSigned()
      return nil
    }
    return RecipientRenewal(signer: signer, counter: counter, present: present)
  }

  /// The signatures that go with a change of folders' lists or of public keys.
  func renewal(
    _ renewal: RecipientRenewal?, of folders: [String], after changes: [VaultChange]
  ) throws(Failure) -> [VaultChange] {
    var signatures: [VaultChange] = []
    if let renewal {
      signatures.append(
        try signature(
          counter: renewal.counter + 1, as: renewal.signer, after: changes, over: renewal.present))
    }
    for folder in folders {
      if let change = try signatureForPass(folder, after: changes) { signatures.append(change) }
    }
    return signatures
  }

  /// The signature that `pass` wants beside a list: kept where there is one, and where the person told
  /// `pass` whose to want. nil where there is none.
  private func signatureForPass(
    _ folder: String, after changes: [VaultChange] = []
  ) throws(Failure) -> VaultChange? {
    let file = VaultFile.passSignature(folder: folder)
    let keys = repository.signing?.trust.passKeys ?? []
    let list = RecipientList.file(in: folder)
    let new = changes.first { $0.file == .recipients(folder: folder) }?.content
    let bytes: [UInt8]
    do throws(FileError) {
      let root = try Folder(repository.root)
      guard !keys.isEmpty || root.holds(file.path) else { return nil }
      if let new {
        bytes = new
      } else {
        bytes = try root.folder(path(folder))
          .read(Paths.list, limit: RecipientList.sizeLimit)
      }
    } catch {
      throw error.failure
    }
    let signature = Result { () throws(Failure) in
      try repository.signer(keys: keys.isEmpty ? nil : keys).sign(bytes).bytes
    }
    switch signature {
    case .success(let signature): return VaultChange(file: file, content: signature)
    case .failure(let failure):
      repository.signing?.tell(
        "\(list).sig does not fit its list, so that pass may refuse it (\(failure.message)): "
          + "\(Shell("gpg --yes --detach-sign \(path: list)"))")
      return nil
    }
  }

  private func signature(
    counter: Int, as signer: Signer, after changes: [VaultChange] = [], over present: Present
  ) throws(Failure) -> VaultChange {
    guard counter <= SignedRecipients.greatestCounter else {
      throw Failure(
        .malformed, "the counter of \(SignedRecipients.path) cannot grow any more",
        hints: ["restore the file from git: this number was written into it by hand"])
    }
    let content: SignedRecipients.Content
    do throws(FileError) {
      content = try SignedRecipients.Content(of: repository, after: changes, counter: counter)
    } catch {
      throw error.failure
    }
    let document = SignedRecipients(content, signature: try signer.sign(content.signedText))
    return VaultChange(file: .recipientsSignature, content: try document.text(), over: present)
  }

  /// The highest number that is known, 0 where nothing was signed yet; and the file that is there.
  private func lastCounter() throws(Failure) -> (Int, Present) {
    let bytes = try reporting { () throws(FileError) in try repository.signedRecipientsFile() }
    let past = try Snapshot.head(of: repository.root)?.lastCounter() ?? 0
    let known = max(past, try repository.memory?.recipients?.serial ?? 0)
    guard let document = bytes.flatMap({ SignedRecipients(parsing: $0) }) else {
      return (known, Present(of: bytes))
    }
    // Anybody can write a number that leaves none for the next document.
    let counter = document.content.counter
    let isCounted = counter - known <= Serial.greatestLeap || isSigned(document)
    return (isCounted ? max(counter, known) : known, Present(of: bytes))
  }

  private func isSigned(_ document: SignedRecipients) -> Bool {
    let judge = try? repository.signatureJudge(repository.signingRules)
    let state = try? judge?.state(of: document.signature, over: document.content.signedText)
    return state?.isGood ?? false
  }

  private func tellIfSigned() throws(Failure) {
    let bytes = try reporting { () throws(FileError) in try repository.signedRecipientsFile() }
    guard bytes != nil else { return }
    repository.signing?.tell(
      "\(SignedRecipients.path) does not fit any more: \(Repository.signRecipientsHint)")
  }
}
