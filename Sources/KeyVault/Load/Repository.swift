internal import Naming
internal import YAML

/// A keyvault repository: a folder with a sound `keyvault.yaml`. Only
/// ``init(at:stateHome:signing:)`` makes one.
public struct Repository: Sendable {
  /// Absolute.
  public let root: String
  public internal(set) var configuration: Configuration
  public let catalogue: Catalogue
  /// `sha256:…` of keyvault.yaml as it was read.
  let configurationDigest: String
  let signing: Signing?
  /// A folder of the user's own, outside the repository, where this machine keeps what makes its local
  /// state trustworthy; nil to keep none.
  let stateHome: String?
  let undecided: UndecidedEntries
  /// What this machine remembers of the entries that it opened; nil where nothing is remembered.
  public var memory: Memory?
  /// Under which names keys may be rendered besides those that are known.
  public var names = NamePolicy()
  /// What need not be read or decrypted, since it was before; nil for nothing.
  var cached: WarmCache.Contents?

  /// Opens the repository whose root is `root`. Without `signing` nobody is trusted, and nothing can be
  /// signed.
  public init(
    at root: String, stateHome: String? = nil, signing: Signing? = nil
  ) throws(Failure) {
    self.root = root
    self.stateHome = stateHome
    undecided = UndecidedEntries(in: root)
    self.signing = signing
    SchemaLibrary.prepare()
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try Folder(root).read(Configuration.fileName, limit: Limits.document)
    } catch {
      throw error.failure
    }
    configurationDigest = Vault.digest(bytes)
    switch CheckedDocument.read(bytes, as: .keyvault, file: Configuration.fileName) {
    case .failure(let malformed): throw malformed.failure
    case .success(let checked): configuration = Configuration(checked)
    }
    catalogue = Catalogue(root: root)
  }

  /// The nearest ancestor of `folder` (absolute) that holds a `keyvault.yaml`. Throws if there is none, or
  /// that one is not `owner`'s: it is refused and not passed over, since a person who stands in it means
  /// it.
  public static func root(
    from folder: String, owner: RepositoryOwner = RepositoryOwner()
  ) throws(Failure) -> String {
    var components = folder.split(separator: "/", omittingEmptySubsequences: true)
    while true {
      let candidate = "/" + components.joined(separator: "/")
      if let folder = try? Folder(candidate), folder.kind(of: Configuration.fileName) != nil {
        try owner.check(candidate)
        return candidate
      }
      guard components.popLast() != nil else { break }
    }
    throw Failure(
      .notFound, "no \(Configuration.fileName) in '\(folder)' or any folder above it",
      hints: ["run 'keyvault init' to make a repository here"])
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
