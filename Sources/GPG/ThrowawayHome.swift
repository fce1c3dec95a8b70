internal import Glibc

/// A gpg home of this process that is gone with it: a folder 0700 with a short name in memory
/// where there is such a place. Registered with ``ThrowawayHomes``.
final class ThrowawayHome: Sendable {
  let path: String

  /// Made in `runtimeDirectory` ($XDG_RUNTIME_DIR), else /dev/shm. A home that holds no secret may
  /// also lie in /tmp, which can be a disk.
  init(runtimeDirectory: String?, holdsSecret: Bool) throws(GPGError) {
    var failure = ENOENT
    let folders = ThrowawayHomes.folders(runtimeDirectory, allowsDisk: !holdsSecret)
    for folder in folders {
      var template = Array((folder + "/" + ThrowawayHomes.prefix + "XXXXXX").utf8CString)
      guard let made = unsafe mkdtemp(&template) else {
        failure = errno
        continue
      }
      path = unsafe String(cString: made)
      do throws(GPGError) {
        try ThrowawayHomes.register(path)
      } catch {
        _ = unsafe rmdir(path)
        throw error
      }
      return
    }
    throw GPGError(.noHome(path: folders.first ?? "/dev/shm", errno: failure))
  }

  deinit { remove() }

  /// Whether nobody removed it yet.
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
    _ = unsafe unlink(path + "/" + name)
  }

  /// Writes a new file, 0600 whatever the umask.
  func write(_ bytes: [UInt8], to name: String) throws(GPGError) {
    let file = path + "/" + name
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw GPGError(.noHome(path: path, errno: errno)) }
    defer { _ = close(descriptor) }
    _ = fchmod(descriptor, 0o600)
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      guard written > 0 else { throw GPGError(.noHome(path: path, errno: errno)) }
      rest = rest.dropFirst(written)
    }
  }
}
