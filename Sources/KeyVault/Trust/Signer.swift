internal import GPG
internal import Naming

/// One person's key, which signs in this process. Every signature is judged by the repository's own public
/// key before it is handed out, as anybody else will judge it.
public struct Signer: Sendable {
  public let fingerprint: String
  let gpg: GPG
  let verifier: SignatureVerifier

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
      let file = VaultFile.publicKey(fingerprint: fingerprint).path
      let why = SignatureState(verdict, writers: [Name(fingerprint)]).objection(to: "it")
      throw Failure(
        .malformed, "gpg produced a signature that would not verify: \(why)",
        hints: [
          "see whether \(file) is up to date: \(Shell("gpg --show-keys \(path: file)"))"
        ])
    }
    return signature
  }
}
