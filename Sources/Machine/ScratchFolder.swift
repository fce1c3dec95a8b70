internal import Glibc
internal import Synchronization

/// A folder of this process alone, gone with the value. What a killed process leaves is removed by the
/// next run that asks for ``stale(_:in:)``.
///
/// The folder itself is locked while its owner lives. Only this user can open it, so only this user's
/// processes can lock it, and unlike a process id a lock never belongs to another process later.
public final class ScratchFolder: Sendable {
  /// What a folder is for: the beginning of its name.
  public struct Kind: Sendable {
    let prefix: String

    /// Files for a command, or copies of files that are checked.
    public static let files = Kind(prefix: "keyvault-scratch.")
    /// A home of gpg, whose sockets need a short path.
    public static let home = Kind(prefix: "kvgpg-")
  }

  /// Absolute.
  public let path: String
  /// Open and locked until ``remove()``.
  public let descriptor: Int32
  private let name: String
  private let place: ScratchPlace
  private let isRemoved = Mutex(false)

  /// Makes it in the first of `places` that takes it. Throws the system's error number.
  public init(_ kind: Kind, in places: [ScratchPlace]) throws(ScratchError) {
    var failure = ScratchError(path: places.first?.path ?? "/dev/shm", code: ENOENT)
    for place in places {
      do throws(ScratchError) {
        (name, descriptor) = try Self.make(kind, in: place)
        self.place = place
        path = place.path + "/" + name
        return
      } catch {
        failure = error
      }
    }
    throw failure
  }

  private init(found name: String, _ descriptor: Int32, in place: ScratchPlace) {
    self.name = name
    self.descriptor = descriptor
    self.place = place
    path = place.path + "/" + name
  }

  deinit { remove() }

  /// Removes what it holds.
  public func empty() {
    isRemoved.withLock { isRemoved in
      if !isRemoved { FolderNames.removeAll(in: descriptor) }
    }
  }

  /// Whether it holds nothing, or is removed.
  public var isEmpty: Bool {
    isRemoved.withLock { isRemoved in
      isRemoved || FolderNames.all(descriptor).isEmpty
    }
  }

  /// Removes it before its time, as where a signal ends the process.
  public func remove() {
    isRemoved.withLock { isRemoved in
      guard !isRemoved else { return }
      isRemoved = true
      FolderNames.removeAll(in: descriptor)
      unlinkat(place.descriptor, name, AT_REMOVEDIR)
      close(descriptor)
    }
  }

  /// Folders left by processes that have ended. This process holds a lock on each from now on; they are
  /// removed with the values.
  public static func stale(_ kind: Kind, in places: [ScratchPlace]) -> [ScratchFolder] {
    places.flatMap { place in
      FolderNames.all(place.descriptor).compactMap(FolderNames.text)
        .filter { isName($0, of: kind) }.compactMap { abandoned($0, in: place) }
    }
  }

  // MARK: Making

  /// More often than sweeps can come in between.
  private static let attempts = 100

  private static func make(
    _ kind: Kind, in place: ScratchPlace
  ) throws(ScratchError) -> (name: String, descriptor: Int32) {
    for _ in 0..<attempts {
      if let made = try attempt(kind, in: place) { return made }
    }
    throw ScratchError(path: place.path, code: EAGAIN)
  }

  /// Under another name until it is locked, so that a folder without a lock never has a final name. nil if a
  /// sweep took it before it was locked, as it takes those of killed processes.
  private static func attempt(
    _ kind: Kind, in place: ScratchPlace
  ) throws(ScratchError) -> (name: String, descriptor: Int32)? {
    let name = kind.prefix + randomWord()
    let unlocked = name + unlockedSuffix
    guard mkdirat(place.descriptor, unlocked, 0o700) == 0 else {
      throw ScratchError(path: place.path, code: errno)
    }
    let descriptor = openat(place.descriptor, unlocked, folderFlags)
    guard descriptor >= 0, let status = FileStatus(descriptor), status.isOurs,
      // The umask may have taken more than the mode gives.
      status.mode == 0o700 || fchmod(descriptor, 0o700) == 0,
      flock(descriptor, LOCK_EX | LOCK_NB) == 0,
      rename(place.path + "/" + unlocked, place.path + "/" + name) == 0
    else {
      let code = errno
      if descriptor >= 0 { close(descriptor) }
      unlinkat(place.descriptor, unlocked, AT_REMOVEDIR)
      // A sweep has removed it, or holds it until then.
      if code == ENOENT || code == EWOULDBLOCK { return nil }
      throw ScratchError(path: place.path, code: code)
    }
    return (name, descriptor)
  }

  private static let folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
  private static let unlockedSuffix = ".new"
  private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
  private static let wordLength = 8

  private static func randomWord() -> String {
    let random = UInt64.random(in: 0 ... .max)
    let letters = (0..<wordLength).map { alphabet[Int(random >> UInt64($0 * 5) & 31)] }
    return String(decoding: letters, as: UTF8.self)
  }

  /// Whether no one but this type gives such a name.
  private static func isName(_ name: String, of kind: Kind) -> Bool {
    let bytes = Array(name.utf8)
    let prefix = Array(kind.prefix.utf8)
    guard bytes.starts(with: prefix) else { return false }
    let word = bytes.dropFirst(prefix.count).prefix(wordLength)
    let rest = bytes.dropFirst(prefix.count + wordLength)
    return word.count == wordLength && word.allSatisfy(alphabet.contains)
      && (rest.isEmpty || rest.elementsEqual(unlockedSuffix.utf8))
  }

  // MARK: Sweeping

  /// nil where its owner lives, or it belongs to another user.
  private static func abandoned(_ name: String, in place: ScratchPlace) -> ScratchFolder? {
    let descriptor = openat(place.descriptor, name, folderFlags)
    guard descriptor >= 0 else { return nil }
    let isUnlocked = name.hasSuffix(unlockedSuffix)
    guard let status = FileStatus(descriptor), status.isOurs,
      // Before the lock, the umask may still have taken some.
      status.mode == 0o700 || isUnlocked && status.mode & ~0o700 == 0,
      flock(descriptor, LOCK_EX | LOCK_NB) == 0,
      // Its owner may have removed it since, or given it its name.
      FileStatus(name, in: place.descriptor).map(status.isSame) == true,
      // Nothing is put into it before the lock: what holds something is not of this type.
      !isUnlocked || FolderNames.all(descriptor).isEmpty
    else {
      close(descriptor)
      return nil
    }
    return ScratchFolder(found: name, descriptor, in: place)
  }
}

/// No folder could be made.
public struct ScratchError: Error, Sendable, Equatable {
  /// Where it was tried.
  public let path: String
  /// The system's error number.
  public let code: Int32
}
