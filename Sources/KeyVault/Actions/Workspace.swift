public import GPG

/// A repository that a front end works in, with what each action needs. Made by ``Host/workspace(at:with:for:opening:)``,
/// and ended by ``end()``.
public struct Workspace: Sendable {
  let host: Host
  public let repository: Repository
  private let origins: @Sendable () throws(Failure) -> OriginPolicy
  let frontEnd: any FrontEnd

  init(
    host: Host, repository: Repository,
    origins: @escaping @Sendable () throws(Failure) -> OriginPolicy, frontEnd: any FrontEnd
  ) {
    self.host = host
    self.repository = repository
    self.origins = origins
    self.frontEnd = frontEnd
  }

  public var vault: Vault { repository.vault }

  /// Where keys may travel besides their providers' own hosts.
  public func policy() throws(Failure) -> OriginPolicy { try origins() }

  /// The time of what an action writes.
  var now: Timestamp { host.now() }

  /// gpg with the secret keys of the user.
  public func gpg() throws(Failure) -> GPG { try host.gpg() }

  /// gpg that encrypts and judges.
  public func program() throws(Failure) -> GPGProgram { try host.program(repository) }

  func tell(_ notice: Notice) { frontEnd.tell(notice) }

  /// Whether the person consents; nil where there is no person to ask.
  func consents(to consent: Consent) throws(Failure) -> Bool? {
    try frontEnd.consents(to: consent)
  }

  /// The number of the answer that the person chooses; nil where there is no person to ask.
  func chooses(among alternatives: Alternatives) throws(Failure) -> Int? {
    try frontEnd.chooses(among: alternatives)
  }

  /// Writes down what was opened and written, so that an older key is known again. Throws if that failed.
  public func end() throws(Failure) { try repository.memory?.save() }
}
