import Glibc
import KeyVault
import Machine

/// This program, as git is configured to start it.
enum OwnProgram {
  /// An absolute path that an upgrade leaves alone, if there is one: that by which the program was started, or
  /// by which the search path finds it, since these are often links into a folder with a version in its name.
  /// Else the path without links.
  static func path() throws(Failure) -> String {
    guard let own = real("/proc/self/exe") else {
      throw Failure(.io, "cannot find the path of keyvault itself")
    }
    let started = CommandLine.arguments.first ?? ""
    let name = started.split(separator: "/").last.map(String.init) ?? ""
    let folders =
      [String(started.dropLast(name.utf8.count + 1))]
      + TrustedProgram.folders(of: TrustedProgram.originalSearchPath)
    // Each folder by itself: what is passed over in one says nothing of the next.
    let found = folders.filter { $0.hasPrefix("/") }
      .compactMap { TrustedProgram.search(for: name, in: [$0]).program }
    return found.first { real($0) == own } ?? own
  }

  private static func real(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
