package import Foundation

/// The folder of the programs that tests start.
package enum Built {
  /// Beside the test bundle: everything, as it was built for the tests.
  package static let forTests = URL(fileURLWithPath: CommandLine.arguments[0])
    .resolvingSymlinksInPath().deletingLastPathComponent()

  /// Those that people get, where `KEYVAULT_BINARIES` names their folder: optimized, and linked as released.
  package static let toRelease: URL = {
    let named = ProcessInfo.processInfo.environment["KEYVAULT_BINARIES"]
    guard let named else { return forTests }
    let folder = URL(fileURLWithPath: named, isDirectory: true).resolvingSymlinksInPath()
    let program = folder.appending(path: "keyvault").path
    precondition(FileManager.default.isExecutableFile(atPath: program), "no \(program): make build")
    return folder
  }()

  /// For `PATH`: released programs before those of the tests.
  package static let searchPath = "\(toRelease.path):\(forTests.path)"
}
