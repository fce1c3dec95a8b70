/// The signed lists in the memory of this machine: their highest number, which takes the place of a serial.
extension Memory {
  /// The word by which the lists stand among the entries, none of which can be called so.
  private static let recipients = Paths.listsSignature

  /// What is remembered of `vault/.recipients.sig`; its serial is the counter. Throws if the local state is
  /// not ours to read.
  public var recipients: Record? {
    get throws(Failure) { try record(named: Self.recipients) }
  }

  /// Compares the lists, which a trusted writer signed, with what is remembered, and remembers them if they
  /// are newer. `file` has the bytes in which they were read. If they are older, or others of the same number: the highest number that was seen, and
  /// whether the commit that is checked out is older too.
  func admitRecipients(
    _ content: SignedRecipients.Content, in file: @autoclosure () -> [UInt8]
  ) throws(Failure) -> (seen: Int, isOnPurpose: Bool)? {
    guard let known = try recipients, content.counter <= known.serial else {
      learnRecipients(content)
      return nil
    }
    if content.counter == known.serial, content.digest == known.digest { return nil }
    return (known.serial, try isOnPurpose(known, at: SignedRecipients.path, with: file()))
  }

  /// Takes note of lists that were signed here.
  func learnRecipients(_ content: SignedRecipients.Content) {
    learn(named: Self.recipients, serial: content.counter, digest: content.digest)
  }

  /// Forgets the lists: those that a trusted writer signed are remembered again when they are used next.
  public func forgetRecipients() throws(Failure) { try forget(named: [Self.recipients]) }
}

extension Vault {
  /// Takes note of lists that were signed by a change.
  func rememberRecipients(_ changes: [VaultChange]) {
    let change = changes.first { $0.file == .recipientsSignature }
    guard let bytes = change?.content, let document = SignedRecipients(parsing: bytes) else {
      return
    }
    repository.memory?.learnRecipients(document.content)
  }

  /// The file with the signed lists, relative to the root.
  public static let signedRecipientsPath = SignedRecipients.path

  /// Whether a change of what is signed with the lists, such as a provider file, must be signed.
  public var needsSignature: Bool {
    switch repository.signingRules.policy {
    case .off: false
    case .optional: signedRecipients != nil
    case .required: true
    }
  }

  /// The number in the present `vault/.recipients.sig`, and the `sha256:…` of what it signs, regardless
  /// of who signed it. nil if no such file can be read.
  public var signedRecipients: (counter: Int, digest: String)? {
    guard let bytes = try? repository.signedRecipientsFile(),
      let document = SignedRecipients(parsing: bytes)
    else { return nil }
    return (document.content.counter, document.content.digest)
  }
}
