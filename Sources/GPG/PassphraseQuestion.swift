internal import FoundationEssentials
internal import Glibc

/// A question for a passphrase on a terminal.
///
/// gpg's agent asks it, by a pinentry that knows nothing of this process: an interruption ends neither. What is
/// left would take the keys that the person types next, and the terminal would show none of them.
public enum PassphraseQuestion {
  /// Ends each pinentry on `terminal` (a path such as `/dev/pts/1`), waits until it is gone, a second at most,
  /// and has this process ask no more. Nothing happens if there is none. No signal handler may call it.
  public static func end(on terminal: String) {
    var status = stat()
    guard unsafe stat(terminal, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return }
    let asking = processes(on: status.st_rdev)
    guard !asking.isEmpty else { return }
    Engine.stop()
    // A pinentry that draws gives the screen back then.
    for process in asking { _ = kill(process, SIGTERM) }
    for _ in 0..<100 where !processes(on: status.st_rdev).isEmpty { usleep(10_000) }
    for process in processes(on: status.st_rdev) { _ = kill(process, SIGKILL) }
  }

  /// Every pinentry of this user that has the terminal open.
  private static func processes(on terminal: dev_t) -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap(pid_t.init).filter { process in
      var status = stat()
      return unsafe stat("/proc/\(process)", &status) == 0 && status.st_uid == geteuid()
        && name(of: process).hasPrefix("pinentry") && hasOpen(terminal, process)
    }
  }

  private static func name(of process: pid_t) -> String {
    let file = unsafe open("/proc/\(process)/comm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { _ = close(file) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = unsafe read(file, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  private static func hasOpen(_ terminal: dev_t, _ process: pid_t) -> Bool {
    let folder = "/proc/\(process)/fd"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.contains { file in
      var status = stat()
      return unsafe stat("\(folder)/\(file)", &status) == 0
        && status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == terminal
    }
  }
}
