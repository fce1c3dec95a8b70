import Foundation
import ProviderStub
import TestSupport
import Testing

/// A machine of its own for one test: a home with a GPG key, an empty working folder, and a
/// stand-in for the providers. Gone with the value.
final class World {
  let root: URL
  /// The folder in which commands run.
  let folder: URL
  /// `$XDG_RUNTIME_DIR`, in memory as a session's is.
  let runtime: URL
  let stub: StubServer

  init() throws {
    // GPG's socket paths must be short.
    let name = "kvc-\(UUID().uuidString.prefix(8))"
    root = URL(fileURLWithPath: "/tmp/\(name)")
    runtime = URL(fileURLWithPath: "/dev/shm/\(name)")
    folder = root.appending(path: "work")
    for path in [folder, runtime] {
      try FileManager.default.createDirectory(
        at: path, withIntermediateDirectories: true,
        attributes: path == runtime ? [.posixPermissions: 0o700] : nil)
    }
    try FileManager.default.copyItem(
      at: Templates.shared.keyring, to: root.appending(path: ".gnupg"))
    try "[user]\n\tname = Alice\n\temail = alice@example.com\n[init]\n\tdefaultBranch = main\n"
      .write(to: root.appending(path: ".gitconfig"), atomically: true, encoding: .utf8)
    stub = try StubServer(answers: Self.answers, keys: ["openai": [Self.good: "valid"]])
  }

  deinit {
    stub.stop()
    // The agent removes its sockets while it ends, and rm may meet one that is just gone.
    _ = try? run(
      #"gpgconf --kill gpg-agent; cd /; for _ in 1 2 3; do rm -rf "$HOME" "$XDG_RUNTIME_DIR" && break; sleep 0.1; done"#
    )
  }

  /// Runs a line of bash; what it printed, and its exit status.
  func run(_ command: String) throws -> (output: String, errors: String, status: Int32) {
    try shell(command, in: folder, environment: environment)
  }

  /// The output of a script that must succeed.
  @discardableResult
  func output(_ script: String) throws -> String {
    let result = try run("set -e\n" + script)
    try #require(result.status == 0, "\(script)\n\(result.output)\(result.errors)")
    return result.output
  }

  /// What differs from world to world, by the name under which a transcript shows it.
  var names: [(value: String, name: String)] {
    [
      (folder.path, "$PWD"), (root.path, "$HOME"), (Built.toRelease.path, "$BIN"),
      ("http://127.0.0.1:\(stub.port)", "$STUB"),
      ("127.0.0.1:\(stub.port)", "$HOST"),
      (Templates.shared.fingerprint, "$FPR"),
    ]
  }

  var environment: [String: String] {
    [
      "HOME": root.path, "GNUPGHOME": root.appending(path: ".gnupg").path, "TERM": "dumb",
      "PATH": "\(Built.searchPath):/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
      "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": Self.clock, "SWIFT_BACKTRACE": "enable=no",
      "FPR": Templates.shared.fingerprint, "STUB": "http://127.0.0.1:\(stub.port)",
      "EMPTY": Templates.shared.empty.path, "FILLED": Templates.shared.filled.path,
      "OPENAI": Templates.openAI, "ANTHROPIC": Templates.anthropic,
      "ANSWERS": Self.answers.path,
      "DEMO": Self.repository.appending(path: "Demo").path,
      "XDG_RUNTIME_DIR": runtime.path, "PYTHONDONTWRITEBYTECODE": "1",
      // Repositories of tests name the stand-in as a gateway, which gets no key without.
      "KEYVAULT_ALLOW_HOSTS": "http://127.0.0.1:\(stub.port)",
    ]
  }

  /// The SHA-256 of the one key that the stand-in accepts by itself: `$OPENAI`, then `good`.
  private static let good = "a9b244d02a0a88122f8910624460100c0a4d876c8e8b513a6cb761b7a3527717"

  /// 2026-11-23T17:45:00Z.
  static let clock = "1795455900"

  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let answers = repository.appending(path: "Tests/KeyVaultTests/Fixtures/answers")
}
