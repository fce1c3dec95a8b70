internal import GPG
internal import Naming
internal import Secrets

/// Environments that were opened, in `.keyvault/cache/`, each encrypted to the user's own key alone: the
/// next command needs one decryption for all its keys.
///
/// A file counts only with this machine's MAC, which is checked before gpg is given it, and only while every
/// ciphertext and every list of readers is as it was. Where nothing is remembered, nothing is kept.
public struct WarmCache: Sendable {
  /// What a person may want to know although the work is done.
  public enum Trouble: Sendable, Equatable {
    /// A file, relative to the repository's root, that this machine did not write and that is ignored.
    case foreign(file: String)
    /// Why nothing is kept.
    case unkept(Failure)
  }

  private let program: GPGProgram
  private let tell: @Sendable (Trouble) -> Void

  static let folder = "\(Paths.state)/\(name)"
  private static let name = "cache"

  /// `program` encrypts.
  public init(program: GPGProgram, tell: @escaping @Sendable (Trouble) -> Void = { _ in }) {
    self.program = program
    self.tell = tell
  }

  /// What was kept, and the files that it was made of, as they are now.
  struct Contents: Sendable {
    let texts: CachedTexts
    /// Those that were kept; others are read again.
    let ciphertexts: [EntryName: Ciphertext]

    /// Whether none of these had to be decrypted.
    func hold(_ opened: [OpenedEntry]) -> Bool { opened.allSatisfy { texts.holds($0.digest) } }
  }

  /// A cache file that this machine wrote from the current files; not yet decrypted.
  private struct Found {
    let message: Message
    let ciphertexts: [EntryName: Ciphertext]
  }

  /// The cached values of some environments, if nothing changed since in their `folders`, which are
  /// their own and those that they inherit; nil too if it cannot be decrypted. Throws if the local
  /// state is not ours to read, or the task is cancelled. Blocks.
  func open(
    _ environments: [String], in folders: Set<Name>, of repository: Repository, with gpg: GPG
  ) throws(Failure) -> Contents? {
    let name = CacheFile.name(of: environments)
    guard repository.memory != nil,
      let folder = try? Folder.state(of: repository.root).folder(Self.name),
      folder.kind(of: name) != nil
    else { return nil }
    var found: Result<Found?, Failure> = .success(nil)
    let text: Secret?
    do throws(GPGError) {
      // gpg starts meanwhile, and is given nothing that is not this machine's.
      text = try gpg.decrypt(limit: Message.sizeLimit) {
        found = Result { () throws(Failure) in try find(name, in: folder, of: folders, repository) }
        return (try? found.get())?.message
      }
    } catch let error where error.reason == .cancelled {
      let places = environments.map { "'\($0)'" }.joined(separator: " and ")
      throw error.failure(what: "cannot open the cache of \(places)")
    } catch {
      // The key may be gone, or its card not be there; another one may open the entries.
      return nil
    }
    guard let found = try found.get(), let text, let texts = CachedTexts(text) else { return nil }
    return Contents(texts: texts, ciphertexts: found.ciphertexts)
  }

  private func find(
    _ name: String, in folder: borrowing Folder, of folders: Set<Name>, _ repository: Repository
  ) throws(Failure) -> Found? {
    // What cannot be read is said where it is needed.
    let ciphertexts = try? repository.vault.ciphertexts(of: folders)
    guard let local = try repository.memory?.state(), local.problem == nil,
      let bytes = try? folder.read(name, limit: CacheFile.sizeLimit)
    else { return nil }
    guard let file = CacheFile(bytes, name: name, by: local) else {
      tell(.foreign(file: "\(Self.folder)/\(name)"))
      return nil
    }
    guard let ciphertexts, let message = try? Message(file.message),
      let state = try? CacheFile.state(of: ciphertexts.digests, in: repository.vault),
      state == file.state
    else { return nil }
    return Found(message: message, ciphertexts: ciphertexts.kept)
  }

  /// Keeps what was opened: all that gives something in these environments. What cannot be kept costs
  /// time, and nothing else. Blocks.
  func keep(
    _ opened: [OpenedEntry], of environments: [String], in folders: Set<Name>,
    of repository: Repository, with gpg: GPG
  ) {
    do throws(Failure) {
      guard let local = try repository.memory?.stateToKeep() else { return }
      try write(opened, of: environments, in: folders, of: repository, local, with: gpg)
    } catch {
      tell(.unkept(error))
    }
  }

  private func write(
    _ opened: [OpenedEntry], of environments: [String], in folders: Set<Name>,
    of repository: Repository, _ local: LocalState, with gpg: GPG
  ) throws(Failure) {
    // Whether it can be written is seen before gpg is asked.
    let folder = try reporting { () throws(FileError) in
      if let problem = local.problem { throw problem }
      return try Folder.state(of: repository.root, create: true)
        .folder(Self.name, create: true, mode: 0o700)
    }
    try reporting { () throws(FileError) in try folder.checkWritable() }
    var digests = try repository.vault.ciphertexts(of: folders).digests
    // What was opened counts, should a file be another one by now.
    for entry in opened { digests[entry.name] = entry.digest }
    let file = CacheFile(
      name: CacheFile.name(of: environments),
      state: try CacheFile.state(of: digests, in: repository.vault),
      message: try encrypt(opened, to: owner(of: opened[0].name, in: repository.vault, gpg)))
    guard let bytes = file.bytes(by: local) else { return }
    try reporting { () throws(FileError) in
      try folder.write(bytes.span.bytes, as: file.name, mode: 0o600)
    }
  }

  private func encrypt(
    _ opened: [OpenedEntry], to owner: RecipientFile
  ) throws(Failure) -> [UInt8] {
    do throws(GPGError) {
      return try GPG.encrypt(
        CachedTexts.joined(opened), to: [owner], program: program.path,
        runtimeDirectory: program.runtimeDirectory)
    } catch {
      throw error.failure(what: "cannot encrypt it")
    }
  }

  /// The user's own key, of those that are to read an entry: as the keyring has it, since the file in the
  /// repository is anybody's.
  private func owner(
    of name: EntryName, in vault: Vault, _ gpg: GPG
  ) throws(Failure) -> RecipientFile {
    let wanted = Set(
      names: try vault.recipients(of: name.environment).recipients.map(\.fingerprint))
    let file: RecipientFile?
    do throws(GPGError) {
      let key = try gpg.secretKeys().first {
        wanted.contains($0.fingerprint) && $0.unusable == nil
          && $0.encryptionSubkey?.hasSecret == true
      }
      file = try key.map { key throws(GPGError) in
        let bytes = try gpg.exportPublicKey(key.fingerprint)
        return try RecipientFile(
          name: key.fingerprint, bytes: bytes, fingerprint: key.fingerprint,
          keys: program.inspect(bytes))
      }
    } catch {
      throw error.failure(what: "cannot encrypt it")
    }
    guard let file else {
      throw Failure(.locked, "none of your own keys can now read '\(name)'")
    }
    return file
  }
}
