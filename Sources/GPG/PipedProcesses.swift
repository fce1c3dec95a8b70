internal import CGPGME
internal import Glibc

/// Processes of a program at the other end of pipes that this process made. gpgme does not tell which it
/// started, and they are not children of this one.
struct PipedProcesses {
  /// What the program's name begins with.
  let program: String
  /// The pipes' inodes.
  let pipes: Set<UInt64>

  func end() {
    for process in identifiers() { _ = kill(process, SIGKILL) }
  }

  /// Lets the system end each of them once it has worked for so many seconds and one more, should this process
  /// not be there to do so.
  func bound(seconds: Int) {
    for process in identifiers() {
      _ = keyvault_bound_processor_time(process, UInt64(seconds + 1))
    }
  }

  private func identifiers() -> [pid_t] {
    let own = getpid()
    return RunningProcess.all.filter { process in
      process.id != own && process.name.hasPrefix(program)
        && process.hasOpen {
          $0.st_mode & S_IFMT == S_IFIFO && pipes.contains(UInt64($0.st_ino))
        }
    }.map(\.id)
  }
}
