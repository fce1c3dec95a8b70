internal import GPG
internal import Naming

/// Which entries may be used where signatures are required; made once for all that a command uses, since
/// one run of gpg then serves them all.
struct SignatureGate: Sendable {
  /// By entry; nil for one that is signed.
  private let failures: [EntryName: Failure?]
  /// What bars them all.
  private let fault: Failure?
  let isRequired: Bool

  /// Where signatures are not required, it lets everything pass and checks nothing.
  init(for entries: [Vault.Entry], in repository: Repository) {
    let rules = repository.signingRules
    isRequired = rules.policy == .required
    guard isRequired else {
      (failures, fault) = ([:], nil)
      return
    }
    do throws(Failure) {
      let judge = try repository.signatureJudge(rules, keys: rules.signers)
      // keyvault.yaml says who may sign what.
      try repository.checkSignedRecipients(judge, encrypts: false)
      let states = try repository.states(of: entries, judge)
      failures = Dictionary(zip(entries, states).map { ($0.name, $1.failure(of: $0.name)) }) { $1 }
      fault = nil
    } catch {
      (failures, fault) = ([:], error)
    }
  }

  /// One that is made beside other tasks. Once the task is cancelled, it lets nothing pass where signatures are required.
  static func made(for entries: [Vault.Entry], in repository: Repository) async -> SignatureGate {
    await BlockingWork.run { SignatureGate(for: entries, in: repository) }
      ?? SignatureGate(for: [], in: repository)
  }

  /// Throws unless the entry may be used. `digest` is that of the ciphertext which was opened: the
  /// signature covers what the sidecar says of it.
  func check(_ entry: Vault.Entry, digest: String) throws(Failure) {
    guard isRequired else { return }
    if let fault { throw fault }
    // One that was not judged is as good as not signed.
    if let failure = failures[entry.name] ?? SignatureState.missing.refusal(of: entry.name) {
      throw failure
    }
    guard entry.sidecar?.digest == digest else { throw Self.otherCiphertext(entry.name) }
  }

  /// The sidecar is signed, and with it the digest of another file than the current one.
  static func otherCiphertext(_ name: EntryName) -> Failure {
    Failure(
      .malformed, "'\(name)': the ciphertext is not the one that was signed",
      hints: [
        "restore the right one, or run "
          + "'\(Shell("keyvault adopt \(name)"))' once you have verified it"
      ])
  }
}

extension SignatureState {
  /// Why an entry cannot be used where signatures are required; nil if it can.
  func failure(of name: EntryName) -> Failure? { isGood ? nil : refusal(of: name) }

  /// The refusal of an entry that cannot be signed here.
  func refusal(of name: EntryName) -> Failure {
    Failure(.malformed, objection(to: "'\(name)'"), hints: [hint(for: name)])
  }

  func hint(for name: EntryName) -> String {
    switch self {
    case .bad:
      "review the change: "
        + "\(Shell("git log -p -- \(path: name.sidecarPath)")); restore the file, or sign it: "
        + "\(Shell("keyvault sign \(name)"))"
    case .signerExpired(let signer):
      "renew the key in \(PublicKeys.folder)/\(signer), or let another writer sign: "
        + "\(Shell("keyvault sign \(name)"))"
    case .unknownSigner(let signer):
      "\(PublicKeys.export(of: signer)), or let a writer sign: \(Shell("keyvault sign \(name)"))"
    case .good, .missing, .notWriter, .expired, .signerRevoked:
      "a writer reviews and signs it: \(Shell("keyvault sign \(name)"))"
    }
  }
}

extension Repository {
  /// Throws where no signature can be verified: without gpg, and without a trusted signer.
  func signatureJudge(
    _ rules: SigningRules, keys: Set<Name>? = nil
  ) throws(Failure) -> SignatureJudge {
    guard let program = signing?.program else {
      throw Failure(
        .programMissing,
        "gpg is not installed, so signatures cannot be "
          + "verified", hints: ["apt-get install gpg"])
    }
    guard !rules.signers.isEmpty else { throw Self.noTrustedSigner }
    do throws(GPGError) {
      return try SignatureJudge(rules, of: self, keys: keys, program: program)
    } catch {
      throw error.failure(what: "cannot check signatures")
    }
  }

  func states(
    of entries: [Vault.Entry], _ judge: SignatureJudge
  ) throws(Failure) -> [SignatureState] {
    do throws(GPGError) {
      return try judge.states(of: entries)
    } catch {
      throw error.failure(what: "cannot check signatures")
    }
  }

  /// A repository cannot say itself whom to believe.
  static let noTrustedSigner = Failure(
    .malformed, "no trusted signers are configured, so no signature proves anything",
    hints: [
      "export KEYVAULT_TRUSTED_SIGNERS='FINGERPRINT …', or name them in ~/.config/keyvault/config.yaml"
    ])
}
