internal import GPG

extension Credentials {
  /// What a program says of itself, since nothing here reads the environment.
  public struct Options: Sendable {
    /// A folder of the program's own, outside the repository, for what it remembers: verdicts, and the
    /// serials of keys. Only this user may write it. nil to remember nothing.
    public var stateHome: String?
    /// The home with the secret key; nil for the user's own.
    public var gpgHome: String?
    /// Absolute folders in which gpg is looked for, separated by colons.
    public var searchPath = "/usr/local/bin:/usr/bin:/bin"
    /// `$XDG_RUNTIME_DIR`, where there is one.
    public var runtimeDirectory: String?
    /// Hosts to which keys may be sent besides their providers' own, as in `KEYVAULT_ALLOW_HOSTS`. What
    /// the repository names alone, a gateway or loopback too, gets no key without.
    public var allowedHosts = ""
    /// Files of `providers.d` that are used as they are written, as in `KEYVAULT_ALLOW_PROVIDERS`.
    public var allowedProviders = ""
    /// Fingerprints of those whose signatures count, where the repository requires them.
    public var trustedSigners: String?
    /// Hears why nothing is remembered, where others could change what would be.
    public var warn: @Sendable (Failure) -> Void = { _ in }

    /// Roots (absolute) of repositories that may be in another one's work tree.
    public var roots: [String] = []

    public init() {}
  }

  /// Opens the repository that contains `folder` (absolute).
  public convenience init(
    at folder: String, options: Options = Options(),
    tell: @escaping @Sendable (Skip) -> Void = { _ in }
  ) throws(Failure) {
    let program: String
    do throws(GPGError) {
      program = try GPG.locate(searchPath: options.searchPath)
    } catch {
      throw Failure(.programMissing, error.message, hints: error.hint.map { [$0] } ?? [])
    }
    let gpg = GPG(program: program, home: options.gpgHome)
    let signing = Signing(
      trust: try SigningTrust(SigningTrust.Variables(signers: options.trustedSigners)),
      program: GPGProgram(path: program, runtimeDirectory: options.runtimeDirectory),
      gpg: { () throws(Failure) in gpg })
    let root = try Repository.root(from: folder) { root throws(Failure) in
      options.roots.contains(root)
    }
    if let home = options.stateHome,
      let why = LocalState.obstacle(in: home, of: root) ?? LocalState.danger(in: home, of: root)
    {
      options.warn(why.failure)
    }
    var repository = try Repository(at: root, stateHome: options.stateHome, signing: signing)
    var history: History?
    if let home = options.stateHome {
      repository.memory = Memory(of: repository, stateHome: home)
      history = History(try LocalState(of: repository, stateHome: home))
    }
    try self.init(
      of: repository, gpg: gpg,
      policy: try OriginPolicy(
        parsing: options.allowedHosts, definitions: options.allowedProviders),
      history: history, tell: tell)
  }
}
