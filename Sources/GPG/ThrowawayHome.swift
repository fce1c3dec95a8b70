internal import Glibc
internal import Machine

/// A gpg home of this process that is gone with it: a folder 0700 with a short name in memory
/// where there is such a place. Registered with ``ThrowawayHomes``.
final class ThrowawayHome: Sendable {
  let path: String
  /// The open folder, in which files are made.
  private let descriptor: Int32

  /// Made in `runtimeDirectory` ($XDG_RUNTIME_DIR) if it is this user's alone, else in /dev/shm. A
  /// home that holds no secret may also be in /tmp, which can be on disk.
  init(runtimeDirectory: String?, holdsSecret: Bool) throws(GPGError) {
    let places = ThrowawayHomes.places(runtimeDirectory, allowsDisk: !holdsSecret)
    do throws(ScratchError) {
      let folder = try ScratchFolder(.home, in: places)
      path = folder.path
      descriptor = folder.descriptor
      ThrowawayHomes.register(folder)
    } catch {
      throw GPGError(.noHome(path: error.path, errno: error.code))
    }
  }

  deinit { remove() }

  /// Whether it still exists.
  var isThere: Bool { ThrowawayHomes.isRegistered(path) }

  /// Stops the home's daemons and deletes it; once.
  func remove() {
    ThrowawayHomes.remove(path)
  }

  /// For public keys: no daemon is started, and a key of the future, which is what any new key is to a
  /// machine whose clock is behind, has the same subkeys as elsewhere and can be encrypted to.
  func configureForPublicKeys() throws(GPGError) {
    try write("no-autostart\nignore-time-conflict\nignore-valid-from\n", to: "gpg.conf")
  }

  func write(_ text: String, to name: String) throws(GPGError) {
    try write(Array(text.utf8), to: name)
  }

  func delete(_ name: String) {
    _ = unsafe unlinkat(descriptor, name, 0)
  }

  /// Writes a new file, 0600 whatever the umask.
  func write(_ bytes: [UInt8], to name: String) throws(GPGError) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let file = unsafe openat(descriptor, name, flags, 0o600)
    guard file >= 0 else { throw GPGError(.noHome(path: path, errno: errno)) }
    defer { _ = close(file) }
    _ = fchmod(file, 0o600)
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(file, $0.baseAddress, $0.count)
      }
      guard written > 0 else { throw GPGError(.noHome(path: path, errno: errno)) }
      rest = rest.dropFirst(written)
    }
  }
}
