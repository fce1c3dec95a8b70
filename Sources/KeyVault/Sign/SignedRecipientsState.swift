internal import GPG

extension SignedRecipients {
  /// What `vault/.recipients.sig` is worth.
  enum State: Sendable {
    case missing
    /// Signed by a writer, and all is as it was signed.
    case good(Content)
    /// Signed by a writer in version 1, which says nothing of the provider files.
    case outdated(Content)
    /// The signature itself is worth nothing.
    case refused(SignatureState)
    /// Signed by a writer; the files that differ from what was signed.
    case changed([(file: String, message: String)], Content)

    /// What a writer signed; nil where none did.
    var content: Content? {
      switch self {
      case .good(let content), .outdated(let content), .changed(_, let content): content
      case .missing, .refused: nil
      }
    }
  }
}

extension Repository {
  /// nil where there is no such file.
  func signedRecipientsFile() throws(FileError) -> [UInt8]? {
    do throws(FileError) {
      return try Folder(root).folder(Paths.vault)
        .read(Paths.listsSignature, limit: Limits.document)
    } catch let error where error.isMissing {
      return nil
    }
  }

  func recipientsState(_ judge: SignatureJudge) throws(Failure) -> SignedRecipients.State {
    do {
      guard let bytes = try signedRecipientsFile() else { return .missing }
      guard let document = SignedRecipients(parsing: bytes) else { return .refused(.bad) }
      let content = document.content
      let state = try judge.state(of: document.signature, over: content.signedText)
      guard state.isGood else { return .refused(state) }
      if content.isOutdated { return .outdated(content) }
      let changes = content.changes(
        to: try SignedRecipients.Content(of: self, counter: content.counter), in: self)
      return changes.isEmpty ? .good(content) : .changed(changes, content)
    } catch let error as FileError {
      throw error.failure
    } catch let error as GPGError {
      throw error.failure(what: "cannot check signatures")
    } catch {
      throw error as? Failure ?? Failure(.io, "\(error)")
    }
  }

  /// Whether there is a `vault/.recipients.sig`, or this machine has seen one.
  var hadSignedRecipients: Bool {
    get throws(Failure) {
      let file = try reporting { () throws(FileError) in try signedRecipientsFile() }
      if file != nil { return true }
      return try memory?.recipients != nil
    }
  }

  /// Throws unless the lists, the public keys, keyvault.yaml, and the provider files are as a writer signed
  /// them, and no older than this machine has seen them. Those of an older commit that is checked out serve
  /// to read with, and never to encrypt with.
  func checkSignedRecipients(_ judge: SignatureJudge, encrypts: Bool) throws(Failure) {
    let what: String
    switch try recipientsState(judge) {
    case .good(let content):
      try checkNewest(content, encrypts: encrypts)
      return
    case .outdated:
      what =
        "\(SignedRecipients.path) was signed in version 1, which does not cover the provider "
        + "files"
    case .missing: what = "the recipients are not signed: there is no \(SignedRecipients.path)"
    case .refused(let state): what = state.objection(to: SignedRecipients.path)
    case .changed(let changes, _): what = "\(changes[0].file): \(changes[0].message)"
    }
    throw Failure(.malformed, what, hints: [Self.signRecipientsHint])
  }

  private func checkNewest(
    _ content: SignedRecipients.Content, encrypts: Bool
  ) throws(Failure) {
    let file = try reporting { () throws(FileError) in try signedRecipientsFile() } ?? []
    guard let older = try memory?.admitRecipients(content, in: file) else { return }
    let numbers =
      older.seen == content.counter
      ? "this machine has seen other lists with the number \(older.seen)"
      : "its number is \(content.counter), but this machine has seen \(older.seen)"
    if older.isOnPurpose, !encrypts {
      signing?.tell(
        "\(SignedRecipients.path): \(numbers), because an older commit is checked out")
      return
    }
    throw Failure(
      .malformed, "\(SignedRecipients.path) was rolled back: \(numbers)",
      hints: [
        "merge or restore the newer one, or let a writer sign the right lists: keyvault "
          + "sign --recipients",
        "accept this one on this machine: keyvault accept --recipients",
      ])
  }

  static let signRecipientsHint =
    "a writer reviews the changes, then runs: keyvault sign --recipients"
}
