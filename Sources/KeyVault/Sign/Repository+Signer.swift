internal import GPG
internal import Naming

extension Repository {
  /// Who signs here: the first of `keys` (default: those that the person configured) with a secret
  /// key, else the one trusted signer with one. Throws, with the reason, if there is none.
  public func signer(keys: [String]? = nil) throws(Failure) -> Signer {
    guard let signing, let program = signing.program else {
      throw Failure(.programMissing, "gpg is not installed, so nothing can be signed")
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
        "signatures by \(fingerprint) could not be verified: no public key in the repository",
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
        .locked, "no secret key of \(keys.joined(separator: ", ")) is here to sign with")
    }
    let candidates = signers.intersection(own).sortedTexts
    guard let only = candidates.first, candidates.count == 1 else {
      throw Failure(
        .locked,
        candidates.isEmpty
          ? "no secret key of a trusted signer is here"
          : "secret keys of several trusted signers are here",
        hints: ["choose the signer: export KEYVAULT_SIGNING_KEY=FINGERPRINT"])
    }
    return only
  }
}
