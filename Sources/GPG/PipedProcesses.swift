internal import CGPGME
internal import FoundationEssentials
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
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap(pid_t.init).filter { process in
      process != own && name(of: process).hasPrefix(program) && holdsPipe(process)
    }
  }

  private func name(of process: pid_t) -> String {
    let file = unsafe open("/proc/\(process)/comm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { _ = close(file) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = unsafe read(file, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  private func holdsPipe(_ process: pid_t) -> Bool {
    let folder = "/proc/\(process)/fd"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.contains { file in
      var status = stat()
      return unsafe stat("\(folder)/\(file)", &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
        && pipes.contains(UInt64(status.st_ino))
    }
  }
}
