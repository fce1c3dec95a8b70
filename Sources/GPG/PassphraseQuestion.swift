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
    RunningProcess.all.filter { process in
      var status = stat()
      return unsafe stat("/proc/\(process.id)", &status) == 0 && status.st_uid == geteuid()
        && process.name.hasPrefix("pinentry")
        && process.hasOpen { $0.st_mode & S_IFMT == S_IFCHR && $0.st_rdev == terminal }
    }.map(\.id)
  }
}
