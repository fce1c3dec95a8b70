internal import FoundationEssentials
internal import Glibc

/// Processes of GnuPG that work in one throwaway home.
///
/// A gpg that is interrupted may be about to start an agent that nobody can reach by its socket yet;
/// its command line names the home from the first moment.
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
    let file = unsafe open("/proc/\(process)/cmdline", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { _ = close(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(file, &buffer, buffer.count)
    guard count > 0 else { return [] }
    return buffer[..<count].split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}
