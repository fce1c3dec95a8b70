internal import YAML

/// `$XDG_CONFIG_HOME/keyvault/config.yaml`: what a person decides, whatever a repository says.
public struct UserConfiguration: Sendable {
  /// Whom and what to trust in a repository.
  public struct Trust: Sendable, Equatable {
    /// Full fingerprints, upper case.
    public let signers: [String]
    public let least: SignaturePolicy
    /// Where keys may travel, as in `KEYVAULT_ALLOW_HOSTS`.
    public let hosts: [String]
    /// Definitions of providers that are allowed as they are written, as in `KEYVAULT_ALLOW_PROVIDERS`.
    public let providers: [String]
    /// Variables that keys may be rendered as besides those that are known.
    public let names: [String]

    public init() {
      signers = []
      least = .off
      hosts = []
      providers = []
      names = []
    }

    /// With the signatures that another one asks for.
    fileprivate func demanding(as other: Trust) -> Trust {
      Trust(
        signers: other.signers, least: other.least, hosts: hosts, providers: providers, names: names
      )
    }

    private init(
      signers: [String], least: SignaturePolicy, hosts: [String], providers: [String],
      names: [String]
    ) {
      self.signers = signers
      self.least = least
      self.hosts = hosts
      self.providers = providers
      self.names = names
    }

    fileprivate init(_ node: Node) {
      signers = node["trusted_signers"]?.fingerprints ?? []
      least = node["signatures"]?.string.flatMap(SignaturePolicy.init) ?? .off
      hosts = node["allow_hosts"]?.strings ?? []
      providers = node["allow_providers"]?.strings ?? []
      names = node["allow_names"]?.strings ?? []
    }
  }

  private let standard: Trust
  /// By a folder's absolute path.
  private let folders: [(path: String, trust: Trust)]

  /// Reads the file at `path` (absolute); where there is none, nobody is trusted. Throws if it cannot be
  /// read or is broken, since it may ask for signatures.
  public init(at path: String) throws(Failure) {
    try Self.checkOwner(of: path)
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try Folder(String(path[...slash]))
        .read(String(path[path.index(after: slash)...]), limit: Limits.document)
    } catch let error where error.isMissing {
      standard = Trust()
      folders = []
      return
    } catch {
      throw error.failure
    }
    switch CheckedDocument.read(bytes, as: .config, file: path) {
    case .failure(let malformed):
      let first = malformed.findings[0]
      throw Failure(
        .malformed, "\(path):\(first.line):\(first.column): \(first.message)",
        hints: first.hint.map { [$0] } ?? [])
    case .success(let checked):
      standard = Trust(checked.root)
      folders = (checked.root["repositories"]?.mapping ?? []).map { ($0.key, Trust($0.value)) }
    }
  }

  /// What counts in the repository at `root` (absolute): what is said of the nearest folder that holds
  /// it, alone, else what is said for all. A path and not the vault's id, which is the repository's own
  /// word. Where folders are named only below `root`, the signatures that are asked for there count: a commit
  /// can move a repository up, and must not get it out of what the user demands.
  public func trust(in root: String) -> Trust {
    let holding = folders.filter { root == $0.path || root.hasPrefix($0.path + "/") }
    if let nearest = holding.max(by: { $0.path.utf8.count < $1.path.utf8.count }) {
      return nearest.trust
    }
    let below = folders.filter { $0.path.hasPrefix(root == "/" ? root : root + "/") }
    guard let strictest = below.max(by: { $0.trust.least < $1.trust.least }) else {
      return standard
    }
    return standard.least > strictest.trust.least
      ? standard : standard.demanding(as: strictest.trust)
  }

  /// Whether it names this root.
  public func names(_ root: String) -> Bool { folders.contains { $0.path == root } }
}
