internal import Naming
internal import Synchronization
internal import YAML

extension Catalogue {
  /// `sha256:…` of each file of `providers.d` that defines a provider, checked out or not, by name; another text for one that cannot
  /// be read, and for one that is not as it was when a definition was read from it. Throws if there are too
  /// many.
  ///
  /// Logos are only shown, and recorded answers are only read by `providers check` and by tests, so neither is
  /// covered.
  func digests() throws(FileError) -> [Name: String] {
    guard let root else { return [:] }
    var digests: [Name: String] = [:]
    do throws(FileError) {
      let folder = try Folder(root).folder(Paths.providers)
      for name in try Self.files(in: folder, folder.items()) {
        let bytes = try? folder.read(name, limit: Limits.document)
        digests[name] = bytes.map(Vault.digest) ?? "unreadable"
      }
    } catch let error where error.isMissing {
      // The built-in providers need no files.
    }
    for name in try absentFiles() {
      digests[name] = try absent?.read("\(Paths.providers)/\(name)").map(Vault.digest)
    }
    for (name, digest) in read.withLock(\.self) where digests[name] != digest {
      digests[name] = "changed while it was in use"
    }
    return digests
  }

  /// Whether a file of `providers.d` that has this digest says what the built-in provider of its id says,
  /// and so decides nothing.
  func isCopy(_ name: String, digest: String) -> Bool {
    let id = String(name.dropLast(".yaml".count))
    guard let bytes = try? localBytes(id), Vault.digest(bytes) == digest,
      let definition = try? Document(parsing: bytes).root
    else { return false }
    return Provider.source(of: definition, id: id) == .override(changes: [])
  }
}
