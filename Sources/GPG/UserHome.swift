internal import Glibc

/// The folder in which gpg keeps keys, found as gpg finds it, and why gpg may be unable to work there.
///
/// gpg's own answers do not tell: it says that there is no secret key, or nothing at all.
struct UserHome {
  /// nil if there is none.
  let path: String?
  /// Whether gpg makes it if it is missing.
  private let isStandard: Bool

  /// For `home`, or for the user's own when nil.
  init(_ home: String?) {
    if let named = home ?? Self.variable("GNUPGHOME").flatMap({ $0.isEmpty ? nil : $0 }) {
      path = named
      isStandard = false
    } else {
      path = Self.standard
      isStandard = true
    }
  }

  /// What is in the way of a gpg that failed; nil if nothing is.
  var objection: GPGError? {
    guard let path else { return GPGError(.noUserHome) }
    func refused(_ path: String) -> GPGError { GPGError(.homeUnusable(path: path, errno: errno)) }
    var status = stat()
    if unsafe stat(path, &status) != 0 {
      guard errno == ENOENT, isStandard else { return refused(path) }
      let parent = path.dropLast("/.gnupg".count)
      return unsafe access(parent.isEmpty ? "/" : String(parent), W_OK | X_OK) == 0
        ? nil : refused(path)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return GPGError(.homeUnusable(path: path, errno: ENOTDIR))
    }
    if unsafe access(path, R_OK | X_OK) != 0 { return refused(path) }
    // An agent that listens already needs nothing more.
    let socket = AgentSocket(home: path)
    if socket.isAnswering { return nil }
    if unsafe access(path, W_OK) != 0 { return refused(path) }
    if let folder = socket.folders.first(where: { unsafe access($0, F_OK) == 0 }),
      unsafe access(folder, W_OK | X_OK) != 0
    {
      return refused(folder)
    }
    return nil
  }

  /// Where gpg keeps keys by default.
  static var standard: String? {
    (variable("HOME") ?? registeredHome).map { $0 + "/.gnupg" }
  }

  /// What gpg itself would read.
  private static func variable(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// By the password database, as gpg asks it where HOME is not set.
  private static var registeredHome: String? {
    guard let entry = unsafe getpwuid(getuid()) else { return nil }
    return unsafe String(cString: entry.pointee.pw_dir)
  }
}
