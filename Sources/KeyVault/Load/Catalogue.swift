internal import Naming
internal import Synchronization
internal import YAML

/// The providers that are known: those that the binary carries and those of the repository. A local
/// file replaces the built-in of the same id as a whole.
///
/// Files are read when they are asked for, so that a broken one stops only who needs it.
public final class Catalogue: Sendable {
  let root: String?
  /// What git has of the repository and does not check out; nil for the built-in providers alone.
  let absent: AbsentFiles?
  private let isSigned: Bool
  private let cache = Mutex<[Name: Provider]>([:])
  /// `sha256:…` of the repository's files that were read, by name.
  let read = Mutex<[Name: String]>([:])
  /// Listed once: a command lives shorter than files come and go.
  private let listing = Mutex<Listing?>(nil)

  /// Made where a text may hold a key.
  private let scan = Mutex<KeyScan?>(nil)

  private struct Listing {
    /// Sorted.
    let ids: [String]
    let known: Set<Name>
  }

  /// `root` is the repository's; nil for the built-in providers alone.
  public convenience init(root: String?) {
    self.init(root: root, absent: root.map { AbsentFiles(of: $0) })
  }

  /// `isSigned` says that the repository's files count only as a trusted writer signed them.
  init(root: String?, absent: AbsentFiles?, isSigned: Bool = false) {
    self.root = root
    self.absent = absent
    self.isSigned = isSigned
  }

  /// Every id, sorted.
  public var ids: [String] { listed.ids }

  /// Whether there is a provider of that id.
  func contains(_ id: String) -> Bool { listed.known.contains(id) }

  private var listed: Listing {
    listing.withLock { listing in
      if let listing { return listing }
      let known = Set(names: ((try? localFiles()) ?? []) + BuiltIn.ids)
      let listed = Listing(ids: known.sortedTexts, known: known)
      listing = listed
      return listed
    }
  }

  /// The provider of that id; nil if there is none. Throws if its file is broken.
  public func provider(_ id: String) throws(Failure) -> Provider? {
    if let known = cache.withLock({ $0[id] }) { return known }
    guard let provider = try load(id) else { return nil }
    cache.withLock { $0[id] = provider }
    return provider
  }

  /// Every provider whose file is valid, by id, and what is wrong with the others.
  public func all() -> (providers: [Provider], failures: [Failure]) {
    var providers: [Provider] = []
    var failures: [Failure] = []
    do throws(FileError) {
      _ = try localFiles()
    } catch {
      failures.append(error.failure)
    }
    for id in ids {
      do throws(Failure) {
        if let provider = try provider(id) { providers.append(provider) }
      } catch {
        failures.append(error)
      }
    }
    return (providers, failures)
  }

  /// The repository's own providers, as far as their files are valid.
  var own: [Provider] {
    ((try? localFiles()) ?? []).compactMap { id in (try? provider(id)) ?? nil }
  }

  /// Finds keys of the built-in providers and of the repository's own.
  var keyScan: KeyScan {
    scan.withLock { known in
      if let known { return known }
      let own = own
      let scan = own.isEmpty ? KeyScan.builtIn : KeyScan(others: own)
      known = scan
      return scan
    }
  }

  private func load(_ id: String) throws(Failure) -> Provider? {
    guard let bytes = try localBytes(id) else { return BuiltIn.provider(id) }
    read.withLock { $0[id + ".yaml"] = Vault.digest(bytes) }
    let file = "\(Paths.providers)/\(id).yaml"
    // Only the first fault is reported.
    switch CheckedDocument.read(bytes, as: .provider, file: file, limit: 20) {
    case .failure(let malformed): throw malformed.failure
    case .success(let checked):
      let provider = Provider(
        checked.root, source: Provider.source(of: checked.root, id: id), isSigned: isSigned)
      // Under another's id its keys would be let travel to that provider's hosts.
      guard provider.id == id else {
        throw Failure(
          .malformed, "\(file): the id '\(provider.id.printable)' is not the file's name",
          hints: ["write 'id: \(id)', or rename the file"])
      }
      return provider
    }
  }

  func localBytes(_ id: String) throws(Failure) -> [UInt8]? {
    guard let root else { return nil }
    do throws(FileError) {
      do throws(FileError) {
        return try Folder(root).folder(Paths.providers).read(id + ".yaml", limit: Limits.document)
      } catch let error where error.isMissing {
        return try absent?.read("\(Paths.providers)/\(id).yaml")
      }
    } catch {
      throw error.failure
    }
  }

  /// Names of the files of `providers.d` that define a provider and are not checked out; sorted.
  func absentFiles() throws(FileError) -> [String] {
    let start = Paths.providers + "/"
    return try (absent?.ids ?? [:]).sortedKeys
      .filter { $0.hasPrefix(start) && $0.hasSuffix(".yaml") }
      .map { String($0.dropFirst(start.count)) }
      .filter { Provider.isID(String($0.dropLast(".yaml".count))) }
  }

  private func localFiles() throws(FileError) -> [String] {
    guard let root else { return [] }
    var names: [String] = []
    do throws(FileError) {
      let folder = try Folder(root).folder(Paths.providers)
      names = try Self.files(in: folder, folder.items())
    } catch let error where error.isMissing {
      // All of them may be absent.
    }
    return try (names + absentFiles()).map { String($0.dropLast(".yaml".count)) }
  }

  /// Names of the files of `providers.d` that are read. Throws if they are too many, or too large together.
  static func files(
    in folder: borrowing Folder, _ items: [Folder.Item]
  ) throws(FileError) -> [String] {
    let names = items.filter { item in
      item.kind == .file && item.name.hasSuffix(".yaml")
        && Provider.isID(String(item.name.dropLast(".yaml".count)))
    }.map(\.name)
    guard names.count <= Limits.providers else {
      throw FileError(.tooManyNames(limit: Limits.providers), folder.path, 0)
    }
    var bytes = 0
    for name in names { bytes += min(folder.size(of: name), Limits.document) }
    guard bytes <= Limits.providerBytes else {
      throw FileError(.tooLarge(limit: Limits.providerBytes), folder.path, 0)
    }
    return names
  }
}
