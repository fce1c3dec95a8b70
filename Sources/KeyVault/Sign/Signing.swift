public import GPG

/// What signatures need from outside the repository: whom to trust, and by what they are made.
public struct Signing: Sendable {
  public let trust: SigningTrust
  /// gpg, which judges in homes of its own; nil where there is none.
  let program: GPGProgram?
  /// gpg with the person's own keys, asked for once something is to be signed.
  let gpg: @Sendable () throws(Failure) -> GPG
  /// Hears what a person should know although the work was done.
  let tell: @Sendable (String) -> Void

  public init(
    trust: SigningTrust, program: GPGProgram?,
    gpg: @escaping @Sendable () throws(Failure) -> GPG,
    tell: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.trust = trust
    self.program = program
    self.gpg = gpg
    self.tell = tell
  }
}
