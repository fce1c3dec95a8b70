import Foundation
import ProviderStub
import Testing

/// A machine of its own for one transcript: a home with a GPG key, an empty working folder, and a
/// stand-in for the providers. Gone with the value.
final class World {
  let root: URL
  /// The folder in which commands run.
  let folder: URL
  private let stub: StubServer

  init() throws {
    // GPG's socket paths must be short.
    root = URL(fileURLWithPath: "/tmp/kvc-\(UUID().uuidString.prefix(8))")
    folder = root.appending(path: "work")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: Keyring.shared.home, to: root.appending(path: ".gnupg"))
    stub = try StubServer(answers: Self.answers, keys: [:])
  }

  deinit {
    stub.stop()
    _ = try? run("gpgconf --kill all")
    try? FileManager.default.removeItem(at: root)
  }

  /// Runs a line of bash; what it printed, and its exit status.
  func run(_ command: String) throws -> (output: String, errors: String, status: Int32) {
    try shell(command, in: folder, environment: environment)
  }

  var environment: [String: String] {
    [
      "HOME": root.path, "GNUPGHOME": root.appending(path: ".gnupg").path, "TERM": "dumb",
      "PATH": "\(Self.binaries):/usr/local/bin:/usr/bin:/bin",
      "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "1795455900", "SWIFT_BACKTRACE": "enable=no",
      "FPR": Keyring.shared.fingerprint, "STUB": "http://127.0.0.1:\(stub.port)",
      "GIT_AUTHOR_NAME": "Alice", "GIT_AUTHOR_EMAIL": "alice@example.com",
      "GIT_COMMITTER_NAME": "Alice", "GIT_COMMITTER_EMAIL": "alice@example.com",
      "XDG_STATE_HOME": root.appending(path: "state").path,
    ]
  }

  /// Where the products of this build are: beside the test bundle.
  static let binaries = URL(fileURLWithPath: CommandLine.arguments[0])
    .resolvingSymlinksInPath().deletingLastPathComponent().path

  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let answers = repository.appending(path: "Tests/KeyVaultTests/Fixtures/answers")
}

/// One key for all transcripts, made once a run: ed25519, no passphrase.
final class Keyring: Sendable {
  static let shared = Keyring()

  let home: URL
  let fingerprint: String

  private init() {
    home = URL(fileURLWithPath: "/tmp/kvk-\(UUID().uuidString.prefix(8))")
    let script = """
      mkdir -m 700 "$GNUPGHOME" &&
      gpg --batch --quiet --passphrase '' --quick-generate-key 'Alice <alice@example.com>' \
        ed25519 cert,sign never 2>/dev/null &&
      fpr=$(gpg --batch --list-keys --with-colons 2>/dev/null | awk -F: '$1=="fpr"{print $10; exit}') &&
      gpg --batch --quiet --passphrase '' --quick-add-key "$fpr" cv25519 encr never &&
      gpgconf --kill all && printf %s "$fpr"
      """
    let environment = ["GNUPGHOME": home.path, "PATH": "/usr/bin:/bin"]
    let result = try! shell(script, in: URL(fileURLWithPath: "/tmp"), environment: environment)
    precondition(result.status == 0, "gpg cannot make a key: \(result.errors)")
    fingerprint = result.output
  }
}

/// Runs a script in bash without a terminal and without input.
func shell(
  _ script: String, in folder: URL, environment: [String: String]
) throws -> (output: String, errors: String, status: Int32) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/bash")
  process.arguments = ["-c", script]
  process.currentDirectoryURL = folder
  process.environment = environment
  process.standardInput = FileHandle.nullDevice
  // Files, not pipes: a child that outlives its parent, such as gpg-agent, would hold a pipe open.
  let prefix = "/tmp/kvo-\(UUID().uuidString.prefix(8))"
  let paths = [prefix + ".out", prefix + ".err"]
  defer { for path in paths { unlink(path) } }
  for path in paths { FileManager.default.createFile(atPath: path, contents: nil) }
  process.standardOutput = FileHandle(forWritingAtPath: paths[0])
  process.standardError = FileHandle(forWritingAtPath: paths[1])
  try process.run()
  process.waitUntilExit()
  let status =
    process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
  return (
    try String(contentsOfFile: paths[0], encoding: .utf8),
    try String(contentsOfFile: paths[1], encoding: .utf8), status
  )
}
