public import GPG
public import HTTP

/// What a process brings to every repository that it works in: programs, a folder for what it remembers, and what its
/// user says outside of repositories. The command line, the library and a server each make one.
public struct Host: Sendable {
  /// What the user says outside of a repository.
  public struct Permissions: Sendable {
    /// Whose signatures count.
    public var trust: SigningTrust
    /// Where keys may travel besides their providers' own hosts. Throws where what was said is malformed, which matters
    /// to actions that send a key.
    public var origins: @Sendable () throws(Failure) -> OriginPolicy
    /// Under which names keys are rendered besides those that are known.
    public var names: NamePolicy

    public init(
      trust: SigningTrust, names: NamePolicy = NamePolicy(),
      origins: @escaping @Sendable () throws(Failure) -> OriginPolicy
    ) {
      self.trust = trust
      self.origins = origins
      self.names = names
    }
  }

  /// An absolute folder of the user's own, outside of repositories; nil where nothing is remembered.
  public let stateHome: String?
  /// Whether entries that are opened here are remembered; a job of CI has nobody who comes back.
  public let remembers: Bool
  /// gpg with the secret keys of the user. Throws where there is none.
  public let gpg: @Sendable () throws(Failure) -> GPG
  /// gpg that encrypts and judges, in homes of its own; it may remember what it said about public keys of that
  /// repository. Throws where there is none.
  public let program: @Sendable (Repository?) throws(Failure) -> GPGProgram
  public let now: @Sendable () -> Timestamp
  /// What sends requests to providers. Throws where libcurl is missing.
  public let client: @Sendable () throws(Failure) -> HTTPClient

  public init(
    stateHome: String?, remembers: Bool,
    gpg: @escaping @Sendable () throws(Failure) -> GPG,
    program: @escaping @Sendable (Repository?) throws(Failure) -> GPGProgram,
    now: @escaping @Sendable () -> Timestamp,
    client: (@Sendable () throws(Failure) -> HTTPClient)? = nil
  ) {
    self.stateHome = stateHome
    self.remembers = remembers
    self.gpg = gpg
    self.program = program
    self.now = now
    if let client {
      self.client = client
    } else {
      self.client = { () throws(Failure) in try Self.client(named: "keyvault") }
    }
  }

  /// A client that says `userAgent` of itself. Throws where libcurl is missing.
  public static func client(named userAgent: String) throws(Failure) -> HTTPClient {
    do throws(HTTPError) {
      return try HTTPClient(userAgent: userAgent)
    } catch {
      throw Failure(.programMissing, error.message, hints: error.hint.map { [$0] } ?? [])
    }
  }

  /// Opens the repository whose root is `root` for `frontEnd`. `opening` is one of its local state that has begun.
  public func workspace(
    at root: String, with permissions: Permissions, for frontEnd: any FrontEnd,
    opening: LocalStateOpening? = nil
  ) throws(Failure) -> Workspace {
    let signing = Signing(
      trust: permissions.trust, program: try? program(nil), gpg: gpg,
      tell: { frontEnd.tell(Notice(.signing, .note, $0)) },
      warn: { frontEnd.tell(Notice(.signing, .warning, $0, hints: $1.map { [$0] } ?? [])) })
    var repository = try Repository(at: root, stateHome: stateHome, signing: signing)
    repository.names = permissions.names
    if remembers {
      repository.memory = Memory(of: repository, stateHome: stateHome, opening: opening)
    }
    return Workspace(
      host: self, repository: repository, origins: permissions.origins, frontEnd: frontEnd)
  }
}

extension Notice.Code {
  /// What a signature is worth, or that none was made.
  static let signing = Notice.Code(rawValue: "signing")
}
