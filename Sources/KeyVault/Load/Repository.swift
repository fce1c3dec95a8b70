internal import Glibc
internal import Naming
internal import Secrets
internal import YAML

/// A keyvault repository: a folder with a valid `keyvault.yaml`. Only
/// ``init(at:stateHome:signing:)`` makes one.
public struct Repository: Sendable {
  /// Absolute.
  public let root: String
  public internal(set) var configuration: Configuration
  public let catalogue: Catalogue
  /// `sha256:…` of keyvault.yaml as it was read.
  let configurationDigest: String
  let signing: Signing?
  /// What git has and the work tree lacks.
  let absent: AbsentFiles
  /// A folder of the user's own, outside the repository, where this machine keeps what makes its local
  /// state trustworthy; nil to keep none.
  let stateHome: String?
  let undecided: UndecidedEntries
  /// What this machine remembers of the entries that it opened; nil where nothing is remembered.
  public var memory: Memory?
  /// Under which names keys may be rendered besides those that are known.
  public var names = NamePolicy()
  /// Names those who could open what is locked here.
  let holders = Holders()

  /// Opens the repository whose root is `root`. Without `signing` there are no trusted signers, and
  /// nothing can be signed.
  public init(
    at root: String, stateHome: String? = nil, signing: Signing? = nil
  ) throws(Failure) {
    do throws(CryptographyError) {
      try Cryptography.check()
    } catch {
      throw Failure(.programMissing, error.message)
    }
    self.root = root
    absent = AbsentFiles(of: root)
    self.stateHome = stateHome
    undecided = UndecidedEntries(in: root)
    self.signing = signing
    SchemaLibrary.prepare()
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try Folder(root).read(Paths.configuration, limit: Limits.document)
    } catch {
      throw error.failure
    }
    configurationDigest = Vault.digest(bytes)
    switch CheckedDocument.read(bytes, as: .keyvault, file: Paths.configuration) {
    case .failure(let malformed): throw malformed.failure
    case .success(let checked): configuration = Configuration(checked)
    }
    let rules = SigningRules(configuration, trust: signing?.trust ?? .none)
    catalogue = Catalogue(
      root: root, absent: absent,
      isSigned: rules.policy == .required && !rules.signers.isEmpty)
  }

  /// The nearest ancestor of `folder` (absolute) that holds a `keyvault.yaml`. Throws if there is none, or
  /// that one is not `owner`'s: it is refused and not passed over, since a person who stands in it means
  /// it. Throws as well if a work tree of git has another one above it, since a commit could have put it in
  /// the way, unless `isNamed` says that the user names this one outside of the repository.
  public static func root(
    from folder: String, owner: RepositoryOwner = RepositoryOwner(),
    isNamed: (String) throws(Failure) -> Bool = { _ throws(Failure) in false }
  ) throws(Failure) -> String {
    let candidates = ancestry(of: folder)
    guard let root = candidates.first(where: holdsConfiguration) else {
      throw Failure(
        .notFound, "no \(Paths.configuration) in '\(folder)' or any folder above it",
        hints: ["run 'keyvault init' to create a repository here"])
    }
    try owner.check(root)
    if let above = rootAbove(root), try !isNamed(root) {
      throw Failure(
        .malformed,
        "'\(root.printable)' is a repository in another one, '\(above.printable)', where a commit can put "
          + "it in the way, so it is not used",
        hints: [
          "to use the outer one: \(Shell("keyvault -C \(above) COMMAND"))",
          "to use the inner one, name it in 'repositories' of ~/.config/keyvault/config.yaml: "
            + "\"\(root.printable)\": {}",
        ])
    }
    return root
  }

  /// The nearest root above another one, of which one work tree can have both.
  private static func rootAbove(_ root: String) -> String? {
    let workTrees = WorkTrees.all(around: root)
    return ancestry(of: root).dropFirst().first { folder in
      holdsConfiguration(folder)
        && workTrees.contains { folder == $0 || folder.hasPrefix($0 == "/" ? $0 : $0 + "/") }
    }
  }

  /// A folder (absolute) and those above it, up to `/`.
  private static func ancestry(of folder: String) -> [String] {
    let parts = folder.split(separator: "/")
    return (0...parts.count).reversed().map { "/" + parts.prefix($0).joined(separator: "/") }
  }

  private static func holdsConfiguration(_ folder: String) -> Bool {
    (try? Folder(folder))?.kind(of: Paths.configuration) != nil
  }

  /// The vault of this repository.
  public var vault: Vault { Vault(repository: self) }

  /// Whether an entry's environment requires its provider.
  func requires(_ entry: Vault.Entry) -> Bool {
    environment(entry.name.environment).require.contains(entry.provider)
  }

  /// The server that stands in front of an entry's provider, if its environment names one.
  public func gateway(of entry: EntryName) -> String? {
    environment(entry.environment).gateway
  }

  /// An environment's declaration; an undeclared one has none of its parts.
  func environment(_ name: String) -> Configuration.Environment {
    configuration.environments[name] ?? Configuration.Environment()
  }
}

extension LocalState {
  /// Of a repository.
  public convenience init(of repository: Repository, stateHome: String?) throws(Failure) {
    try self.init(in: repository.root, stateHome: stateHome)
  }
}
