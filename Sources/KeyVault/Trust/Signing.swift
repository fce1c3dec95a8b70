public import GPG
internal import Naming
internal import Synchronization

/// What signatures need from outside the repository: whom to trust, and by what they are made.
public struct Signing: Sendable {
  public let trust: SigningTrust
  /// gpg, which judges in homes of its own; nil where there is none.
  let program: GPGProgram?
  /// gpg with the person's own keys, asked for once something is to be signed.
  let gpg: @Sendable () throws(Failure) -> GPG
  /// Hears what a person should know although the work was done.
  let tell: @Sendable (String) -> Void
  /// Hears of what is wrong although the work is done, and a hint.
  let warn: @Sendable (String, String?) -> Void
  private let known = KnownSigners()

  public init(
    trust: SigningTrust, program: GPGProgram?,
    gpg: @escaping @Sendable () throws(Failure) -> GPG,
    tell: @escaping @Sendable (String) -> Void = { _ in },
    warn: @escaping @Sendable (String, String?) -> Void = { _, _ in }
  ) {
    self.trust = trust
    self.program = program
    self.gpg = gpg
    self.tell = tell
    self.warn = warn
  }
}

extension Signing {
  /// Warns once of what every key of a command would meet.
  func warnOnce(_ text: String, _ hint: String?) {
    guard known.warnings.withLock({ $0.insert(text).inserted }) else { return }
    warn(text, hint)
  }

  /// The signer of that fingerprint, made on first use: a new one costs a home and two runs of gpg.
  func signer(
    _ fingerprint: String, _ make: () throws(Failure) -> Signer
  ) throws(Failure) -> Signer {
    if let signer = known.signers.withLock({ $0[fingerprint] }) { return signer }
    let signer = try make()
    known.signers.withLock { $0[fingerprint] = signer }
    return signer
  }
}

private final class KnownSigners: Sendable {
  let signers = Mutex<[Name: Signer]>([:])
  let warnings = Mutex<Set<Name>>([])
}
