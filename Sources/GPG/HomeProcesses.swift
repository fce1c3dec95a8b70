internal import FoundationEssentials
internal import Glibc

/// Processes of GnuPG that work in one throwaway home.
///
/// A gpg that is interrupted may be about to start an agent that cannot be reached by its socket
/// yet; its command line names the home from the first moment.
struct HomeProcesses {
  let home: String

  private static let programs = ["gpg", "scdaemon", "dirmngr", "keyboxd"]

  /// Ends them and waits until there is none, for a second at most. They hold nothing but the home,
  /// which goes too.
  func end() {
    for _ in 0..<100 {
      let alive = identifiers()
      if alive.isEmpty { return }
      for process in alive { _ = kill(process, SIGKILL) }
      usleep(10_000)
    }
  }

  /// Ends those that have run for so many seconds, and does not wait.
  func end(olderThan seconds: Int) {
    var now = timespec()
    guard unsafe clock_gettime(CLOCK_BOOTTIME, &now) == 0 else { return }
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    let present = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    for process in identifiers() {
      guard let start = Self.start(of: process), present - start / ticks >= Double(seconds) else {
        continue
      }
      _ = kill(process, SIGKILL)
    }
  }

  /// In ticks since the system started (proc_pid_stat(5)); nil for one that is gone.
  private static func start(of process: pid_t) -> Double? {
    // The program's name is in parentheses and may hold anything.
    guard let end = contents("/proc/\(process)/stat").split(separator: UInt8(ascii: ")")).last
    else { return nil }
    let fields = end.split(separator: UInt8(ascii: " "))
    return fields.count > 19 ? Double(String(decoding: fields[19], as: UTF8.self)) : nil
  }

  private func identifiers() -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap(pid_t.init).filter { process in
      let arguments = Self.arguments(of: process)
      guard let program = arguments.first?.split(separator: "/").last else { return false }
      return Self.programs.contains(where: program.hasPrefix) && arguments.contains(home)
    }
  }

  /// Empty for one that is gone, or is another user's secret.
  private static func arguments(of process: pid_t) -> [String] {
    contents("/proc/\(process)/cmdline").split(separator: 0)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// The beginning of a file; empty where it cannot be read.
  private static func contents(_ path: String) -> ArraySlice<UInt8> {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { _ = close(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(file, &buffer, buffer.count)
    return count > 0 ? buffer[..<count] : []
  }
}
