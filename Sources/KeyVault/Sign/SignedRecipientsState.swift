internal import GPG

extension SignedRecipients {
  /// What `vault/.recipients.sig` is worth.
  enum State: Sendable {
    case missing
    /// Signed by a writer, and all is as it was signed.
    case good(counter: Int)
    /// The signature itself is worth nothing.
    case refused(SignatureState)
    /// The files that differ.
    case changed([(file: String, message: String)])

    var isGood: Bool {
      if case .good = self { true } else { false }
    }
  }
}

extension Repository {
  /// nil where there is no such file.
  func signedRecipientsFile() throws(FileError) -> [UInt8]? {
    do throws(FileError) {
      return try Folder(root).folder(Vault.folder)
        .read(SignedRecipients.fileName, limit: Limits.document)
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
      let changes = content.changes(
        to: try SignedRecipients.Content(of: self, counter: content.counter))
      return changes.isEmpty ? .good(counter: content.counter) : .changed(changes)
    } catch let error as FileError {
      throw error.failure
    } catch let error as GPGError {
      throw error.failure(what: "cannot check signatures")
    } catch {
      throw error as? Failure ?? Failure(.io, "\(error)")
    }
  }

  /// Throws unless the lists, the public keys and keyvault.yaml are as a writer signed them.
  func checkSignedRecipients(_ judge: SignatureJudge) throws(Failure) {
    let what: String
    switch try recipientsState(judge) {
    case .good: return
    case .missing: what = "nobody has signed who can read the vault (\(SignedRecipients.path))"
    case .refused(let state): what = state.objection(to: SignedRecipients.path)
    case .changed(let changes): what = "\(changes[0].file): \(changes[0].message)"
    }
    throw Failure(.malformed, what, hints: [Self.signRecipientsHint])
  }

  static let signRecipientsHint =
    "a writer looks at what changed since, and if it is right: keyvault recipients sign"
}
