internal import FoundationEssentials
internal import Glibc

/// A process of this machine, as proc(5) shows it.
struct RunningProcess {
  let id: pid_t

  /// Those of all users.
  static var all: [RunningProcess] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap(pid_t.init).map(RunningProcess.init)
  }

  /// The beginning of its program's name; empty for one that is gone.
  var name: String {
    let file = unsafe open("/proc/\(id)/comm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { _ = close(file) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = unsafe read(file, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  /// Whether it has such a file open; false for a process that is gone, or another user's secret.
  func hasOpen(_ isWanted: (stat) -> Bool) -> Bool {
    let folder = "/proc/\(id)/fd"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.contains { file in
      var status = stat()
      return unsafe stat("\(folder)/\(file)", &status) == 0 && isWanted(status)
    }
  }
}
