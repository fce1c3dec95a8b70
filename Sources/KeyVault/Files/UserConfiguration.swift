internal import Glibc
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

    /// What a block says; what it does not say is as in `general`.
    fileprivate init(_ node: Node, else general: Trust = Trust()) {
      signers = node["trusted_signers"]?.fingerprints ?? general.signers
      least = node["signatures"]?.string.flatMap(SignaturePolicy.init) ?? general.least
      hosts = node["allow_hosts"]?.strings ?? general.hosts
      providers = node["allow_providers"]?.strings ?? general.providers
      names = node["allow_names"]?.strings ?? general.names
    }
  }

  private let standard: Trust
  /// By a folder's absolute path, shorter ones first.
  private let folders: [(path: String, trust: Trust)]

  /// Reads the file at `path` (absolute); where there is none, no signer is trusted. Throws if it cannot be
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
      let general = Trust(checked.root)
      let blocks = checked.root["repositories"]?.mapping ?? []
      var folders: [(path: String, trust: Trust)] = []
      for block in blocks.sorted(by: { $0.key.utf8.count < $1.key.utf8.count }) {
        try Self.checkIsReal(block.key, at: "\(path):\(block.keyPlace.line)")
        let around = folders.last { block.key.isAtOrBelow($0.path) }
        folders.append((block.key, Trust(block.value, else: around?.trust ?? general)))
      }
      standard = general
      self.folders = folders
    }
  }

  /// Throws unless a folder's path is its own: repositories are looked up by theirs, and what is said of
  /// another spelling would count for none.
  private static func checkIsReal(_ path: String, at place: String) throws(Failure) {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    var right = "/" + parts.joined(separator: "/")
    if let real = realpath(path, nil) ?? realpath(right, nil) {
      right = String(cString: real)
      free(real)
    }
    guard !right.utf8.elementsEqual(path.utf8) else { return }
    throw Failure(
      .malformed,
      "\(place): '\(path.printable)' is not the folder's own path, so what is said here would count for "
        + "no repository",
      hints: ["write \"\(right.printable)\" in its place"])
  }

  /// What counts in the repository at `root` (absolute): each thing as the nearest folder says it that holds
  /// the repository, else as it is said for all. A path and not the vault's id, which is the repository's own
  /// word. Where folders below `root` ask for more, the signatures that are asked for there count: a commit
  /// can move a repository up, and must not get it out of what the user demands.
  public func trust(in root: String) -> Trust {
    let nearest = folders.last { root.isAtOrBelow($0.path) }?.trust
    let said = nearest ?? standard
    let below = folders.filter { $0.path.isAtOrBelow(root) }.map(\.trust)
    guard let strictest = below.max(by: { $0.least < $1.least }) else { return said }
    let asksLess =
      nearest == nil ? strictest.least < said.least : strictest.least <= said.least
    return asksLess ? said : said.demanding(as: strictest)
  }

  /// Whether it names this root.
  public func names(_ root: String) -> Bool { folders.contains { $0.path == root } }
}

extension String {
  /// Whether this path is a folder's or is below it; both absolute and without links.
  fileprivate func isAtOrBelow(_ folder: String) -> Bool {
    folder == "/" || self == folder || hasPrefix(folder + "/")
  }
}
