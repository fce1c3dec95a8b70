internal import GPG
internal import Naming

/// One person's key, which signs in this process. Every signature is judged by the repository's own public
/// key before it is handed out, as anybody else will judge it.
public struct Signer: Sendable {
  public let fingerprint: String
  fileprivate let gpg: GPG
  fileprivate let verifier: SignatureVerifier

  func sign(_ text: [UInt8]) throws(Failure) -> DetachedSignature {
    let signature: DetachedSignature
    let verdict: SignatureVerdict
    do throws(GPGError) {
      signature = try gpg.sign(text, as: fingerprint)
      verdict = try verifier.verdicts(on: [(signature, text)])[0]
    } catch {
      throw error.failure(what: "nothing was signed")
    }
    guard verdict == .good(signer: fingerprint) else {
      let why = SignatureState(verdict, writers: [Name(fingerprint)]).objection(to: "it")
      throw Failure(
        .malformed, "what gpg signs would count for nothing: \(why)",
        hints: [
          "see whether \(PublicKeys.folder)/\(fingerprint) is up to date: "
            + "\(Shell("gpg --show-keys \(PublicKeys.folder)/\(fingerprint)"))"
        ])
    }
    return signature
  }
}

extension Repository {
  /// What counts here, by this keyvault.yaml.
  public var signingRules: SigningRules {
    SigningRules(configuration, trust: signing?.trust ?? .none)
  }

  /// Whether the policy of ``signingRules`` is that signatures are required.
  var requiresSignatures: Bool {
    configuration.policy.signatures == .required || signing?.trust.least == .required
  }

  /// Who signs here: the first of `keys` (those that the person named, if not said) with a secret key,
  /// else the one trusted signer with one. Throws, and says why, if there is nobody.
  public func signer(keys: [String]? = nil) throws(Failure) -> Signer {
    guard let signing, let program = signing.program else {
      throw Failure(.programMissing, "there is no gpg to sign with")
    }
    let gpg = try signing.gpg()
    let fingerprint = try Self.key(
      keys ?? signing.trust.keys, else: signing.trust.signers, gpg)
    return try signing.signer(fingerprint) { () throws(Failure) in
      try signer(fingerprint, gpg, program)
    }
  }

  private func signer(
    _ fingerprint: String, _ gpg: GPG, _ program: GPGProgram
  ) throws(Failure) -> Signer {
    guard let publicKey = vault.publicKey(fingerprint) else {
      throw Failure(
        .notFound,
        "nobody could check signatures of \(fingerprint): its public key is not in the repository",
        hints: [
          "save it: \(PublicKeys.export(of: fingerprint))"
        ])
    }
    do throws(GPGError) {
      let verifier = try SignatureVerifier(
        keys: [publicKey], program: program.path, runtimeDirectory: program.runtimeDirectory)
      return Signer(fingerprint: fingerprint, gpg: gpg, verifier: verifier)
    } catch {
      throw error.failure(what: "cannot sign")
    }
  }

  private static func key(
    _ keys: [String], else signers: Set<Name>, _ gpg: GPG
  ) throws(Failure) -> String {
    let own: Set<Name>
    do throws(GPGError) {
      own = Set(names: try gpg.secretKeys().map(\.fingerprint))
    } catch {
      throw error.failure(what: "cannot look for a key to sign with")
    }
    if let named = keys.first(where: { own.contains($0) }) { return named }
    guard keys.isEmpty else {
      throw Failure(
        .locked, "there is no secret key of \(keys.joined(separator: ", ")) here to sign with")
    }
    let candidates = signers.intersection(own).sortedTexts
    guard let only = candidates.first, candidates.count == 1 else {
      throw Failure(
        .locked,
        candidates.isEmpty
          ? "there is no secret key of a trusted signer here"
          : "there are secret keys of several trusted signers here",
        hints: ["say who signs: export KEYVAULT_SIGNING_KEY=FINGERPRINT"])
    }
    return only
  }
}
