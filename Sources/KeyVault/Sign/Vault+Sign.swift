internal import YAML

extension Vault {
  /// What an entry's signature is worth by the rules of this repository.
  func signatureState(of entry: Entry) throws(Failure) -> SignatureState {
    let judge = try repository.signatureJudge(repository.signingRules)
    return try repository.states(of: [entry], judge)[0]
  }

  /// Who signs what is written in `folder`; nil where no signature is made or needed. Throws,
  /// before anything is written, where a signature is required and cannot be made.
  func signer(in folder: String) throws(Failure) -> Signer? {
    let rules = repository.signingRules
    guard rules.policy != .off else { return nil }
    do throws(Failure) {
      let signer = try repository.signer()
      try checkWriter(signer, in: folder)
      return signer
    } catch {
      guard rules.policy == .required else { return nil }
      throw Failure(
        error.kind, "signatures are required here, and \(error.message)", hints: error.hints)
    }
  }

  /// Throws unless a signature of that person counts in `folder`.
  func checkWriter(_ signer: Signer, in folder: String) throws(Failure) {
    guard repository.signingRules.mayWrite(signer.fingerprint, in: folder) else {
      throw Failure(
        .locked, "\(signer.fingerprint) is not a writer of '\(path(folder))'",
        hints: ["a writer can do it, or name you in \(Paths.configuration): writers"])
    }
  }

  /// Who signs a change of what is there: a signer must not vouch for an unsigned sidecar.
  func signer(ofChangeTo name: EntryName) throws(Failure) -> Signer? {
    let rules = repository.signingRules
    guard rules.policy != .off else { return nil }
    let entry = try entry(name)
    let isJudged = entry.sidecar?.root[SignedEntry.field] != nil && !rules.signers.isEmpty
    guard rules.policy == .required || isJudged else { return nil }
    let state = try signatureState(of: entry)
    if state.isGood { return try signer(in: name.environment) }
    guard rules.policy == .required else { return nil }
    throw state.refusal(of: name)
  }

  /// Whether the lists of recipients are as they were signed; else a key would be encrypted to a person
  /// who wrote themselves into one. Throws where signatures are required, and warns where they are optional.
  /// Every command that encrypts asks it.
  func checkRecipientsSigned() throws(Failure) {
    let rules = repository.signingRules
    func check() throws(Failure) {
      try repository.checkSignedRecipients(
        repository.signatureJudge(rules, keys: rules.signers), encrypts: true)
    }
    switch rules.policy {
    case .off: return
    case .required: try check()
    case .optional:
      guard !rules.signers.isEmpty, try repository.hadSignedRecipients else { return }
      do throws(Failure) {
        try check()
      } catch {
        repository.signing?.warnOnce(
          "\(error.message); signatures are optional here, so it is used", error.hints.first)
      }
    }
  }

  /// Throws where a signer should not vouch for a sidecar that is about to be kept: it was changed
  /// after it was signed, or waits without a ciphertext for one to be added.
  func checkSidecar(of name: EntryName) throws(Failure) {
    let rules = repository.signingRules
    guard rules.policy != .off else { return }
    guard let entry = try? entry(name) else {
      let folder = try? Folder(repository.root).folder(path(name.environment))
      guard rules.policy == .required, folder?.kind(of: name.sidecarName) != nil else { return }
      throw Failure(
        .malformed,
        "\(name.sidecarPath) has no .gpg file beside it, so its author cannot be verified",
        hints: ["remove it: \(Shell("git rm \(path: name.sidecarPath)"))"])
    }
    guard entry.sidecar?.root[SignedEntry.field] != nil, !rules.signers.isEmpty else { return }
    let state = try signatureState(of: entry)
    if state == .bad { throw state.refusal(of: name) }
  }

  /// Throws where a signer should not vouch for a side of a merge: where signatures are required it
  /// must have one that counts, over the ciphertext of that digest; where they are optional, none that
  /// does not fit.
  func checkSide(_ entry: Entry, digest: String?) throws(Failure) {
    let rules = repository.signingRules
    let isSigned = entry.sidecar?.root[SignedEntry.field] != nil
    switch rules.policy {
    case .off: return
    case .optional where !isSigned || rules.signers.isEmpty: return
    case .optional:
      let state = try signatureState(of: entry)
      if state == .bad { throw state.refusal(of: entry.name) }
    case .required:
      if let failure = try signatureState(of: entry).failure(of: entry.name) { throw failure }
      guard digest == nil || digest == entry.sidecar?.digest else {
        throw SignatureGate.otherCiphertext(entry.name)
      }
    }
  }

  /// An entry, and what its signature is worth.
  public struct EntrySignature: Sendable {
    public let entry: Entry
    let state: SignatureState

    public var isGood: Bool { state.isGood }

    /// Whether the entry can be signed without reviewing changes first.
    public var isDue: Bool { state == .missing || state.isOutlived }

    public var text: String { state.objection(to: "'\(entry.name)'") }
  }

  public func signatures(of entries: [Entry]) throws(Failure) -> [EntrySignature] {
    let judge = try repository.signatureJudge(repository.signingRules)
    return zip(entries, try repository.states(of: entries, judge)).map(EntrySignature.init)
  }

}
