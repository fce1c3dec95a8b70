internal import FoundationEssentials
internal import Glibc
internal import Secrets

/// Where gpg's daemons of a home listen, computed as GnuPG does (common/homedir.c), because
/// gpgme runs without gpgconf.
struct AgentSocket {
  /// Most bytes of a socket's path on Linux.
  private static let limit = 107

  private let home: String
  private let isDefault: Bool

  /// For `home`, or for the user's own when nil.
  init(home: String?) {
    let standard = UserHome.standard ?? "/.gnupg"
    var path = UserHome(home).path ?? standard
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.home = path
    isDefault = path == standard
  }

  /// Folders that may hold the sockets, the one that GnuPG prefers first.
  var folders: [String] {
    let runtime = ["/run", "/var/run"].map { "\($0)/user/\(getuid())/gnupg" }
    return runtime.map { isDefault ? $0 : "\($0)/d.\(hash)" } + [home]
  }

  /// The agent's socket, if its path is longer than the system takes.
  var tooLongPath: String? {
    let folder = folders.first { unsafe access($0, F_OK) == 0 } ?? home
    let path = folder + "/S.gpg-agent"
    return path.utf8.count > Self.limit ? path : nil
  }

  /// Whether an agent listens.
  var isAnswering: Bool {
    folders.contains { Self.connected(to: $0 + "/S.gpg-agent", Self.close) != nil }
  }

  /// Asks all daemons of the home to end and waits until they closed their connection; deletes
  /// the home's folder below /run.
  func stopDaemons() {
    let commands = [
      ("S.gpg-agent", "KILLAGENT"), ("S.dirmngr", "KILLDIRMNGR"), ("S.keyboxd", "KILLKEYBOXD"),
    ]
    for folder in folders {
      for (name, command) in commands { Self.send(command, to: folder + "/" + name) }
    }
    guard !isDefault else { return }
    for folder in folders where folder != home {
      try? FileManager.default.removeItem(atPath: folder)
    }
  }

  /// First 15 bytes of SHA-1 in z-base-32.
  private var hash: String {
    let alphabet = Array("ybndrfg8ejkmcpqxot1uwisza345h769".utf8)
    let bits = SHA1.digest(of: Array(home.utf8)).prefix(15)
    var characters: [UInt8] = []
    for group in stride(from: 0, to: 15, by: 5) {
      let number = bits[group..<group + 5].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      for shift in stride(from: 35, through: 0, by: -5) {
        characters.append(alphabet[Int(number >> UInt64(shift) & 31)])
      }
    }
    return String(decoding: characters, as: UTF8.self)
  }

  private static func send(_ command: String, to path: String) {
    connected(to: path) { descriptor in
      defer { close(descriptor) }
      var line = Array((command + "\n").utf8)
      _ = unsafe Glibc.send(descriptor, &line, line.count, Int32(MSG_NOSIGNAL))
      var answer = [UInt8](repeating: 0, count: 512)
      // Until the daemon closed its end.
      while unsafe recv(descriptor, &answer, answer.count, 0) > 0 {}
    }
  }

  /// Opens a connection for `body`, which closes it; nil when no process listens.
  @discardableResult
  private static func connected<R>(to path: String, _ body: (Int32) -> R) -> R? {
    guard unsafe access(path, F_OK) == 0, path.utf8.count <= limit else { return nil }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return nil }
    var patience = timeval(tv_sec: 2, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    guard connect(descriptor, path) else {
      close(descriptor)
      return nil
    }
    return body(descriptor)
  }

  private static func close(_ descriptor: Int32) {
    _ = Glibc.close(descriptor)
  }

  private static func connect(_ descriptor: Int32, _ path: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe Glibc.connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }
}
