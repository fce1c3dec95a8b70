import Foundation
import ProviderStub
import TestSupport
import Testing

/// A GPG home with one key and a stand-in for the providers, made once a run.
final class Machine: Sendable {
  static let shared = Machine()

  let stub: StubServer
  private let fingerprint: String

  // GPG's socket paths must be short.
  private static let root = URL(fileURLWithPath: "/tmp/kvs-\(UUID().uuidString.prefix(8))")

  private init() {
    atexit { Machine.remove() }
    do {
      try FileManager.default.createDirectory(at: Self.root, withIntermediateDirectories: true)
      stub = try StubServer(answers: Self.package.appending(path: Self.answers))
      fingerprint = try Self.output(
        """
        mkdir -m 700 "$GNUPGHOME"
        gpg --batch --quiet --passphrase '' --quick-generate-key 'Alice <alice@example.com>' \
          ed25519 cert,sign never 2>/dev/null
        fpr=$(gpg --batch --list-keys --with-colons 2>/dev/null | awk -F: '$1=="fpr"{print $10; exit}')
        gpg --batch --quiet --passphrase '' --quick-add-key "$fpr" cv25519 encr never
        mkdir -p .config/keyvault
        printf "allow_hosts: ['http://127.0.0.1:\(stub.port)']\\n" > .config/keyvault/config.yaml
        printf %s "$fpr"
        """)
    } catch {
      fatalError("no machine to start from: \(error)")
    }
  }

  /// Makes a repository with the SDK's key, whose environment `sdk` has the stand-in as its gateway.
  ///
  /// `name` is the folder's, where it is not the SDK's: each is made once.
  func repository(for sdk: SDK, called name: String? = nil) throws -> URL {
    let folder = Self.root.appending(path: name ?? sdk.id)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let gateway = "http://127.0.0.1:\(stub.port)/{provider}"
    try Self.output(
      """
      keyvault init --quiet --recipient "$FPR"
      printf 'environments:\\n  sdk: {gateway: "\(gateway)"}\\n' >>keyvault.yaml
      printf %s "$KEY" | keyvault add sdk/\(sdk.id) --quiet --no-test --owner alice@example.com \
        \(sdk.field.map { "--field \($0)" } ?? "")
      """, in: folder, ["FPR": fingerprint, "KEY": sdk.key])
    return folder
  }

  /// What a line that must succeed prints.
  @discardableResult
  static func output(
    _ script: String, in folder: URL = root, _ more: [String: String] = [:]
  ) throws -> String {
    let result = try shell(
      "set -eo pipefail\n" + script, in: folder, environment: environment + more)
    try #require(result.status == 0, "\(script)\n\(result.errors)")
    return result.output
  }

  /// The requests for a provider so far.
  func requests(for sdk: SDK) -> [StubRequest] {
    stub.requests.filter { $0.path.hasPrefix("/\(sdk.id)/") }
  }

  private static var environment: [String: String] {
    [
      "HOME": root.path, "GNUPGHOME": root.appending(path: "gnupg").path, "LANG": "C.UTF-8",
      "PATH": "\(Built.searchPath):/usr/local/bin:/usr/bin:/bin",
    ]
  }

  private static func remove() {
    _ = try? shell(
      #"gpgconf --kill all; cd /; for _ in 1 2 3; do rm -rf "$HOME" && break; sleep 0.1; done"#,
      in: root, environment: environment)
  }

  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let answers = "Tests/KeyVaultTests/Fixtures/answers"
}

/// Both, where they share no key.
func + (first: [String: String], second: [String: String]) -> [String: String] {
  first.merging(second) { $1 }
}

/// Runs a script in bash, without a terminal, with nothing to read, and not for ever.
func shell(
  _ script: String, in folder: URL, environment: [String: String], seconds: Int = 60
) throws -> (output: String, errors: String, status: Int32) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
  process.arguments = ["--kill-after=5", "\(seconds)", "/bin/bash", "-c", script]
  process.currentDirectoryURL = folder
  process.environment = environment
  process.standardInput = FileHandle.nullDevice
  // Files, not pipes: a child that outlives its parent, such as gpg-agent, would hold a pipe open.
  let files = ["out", "err"].map {
    URL(fileURLWithPath: "/tmp/kvs-\(UUID().uuidString.prefix(8)).\($0)")
  }
  defer { for file in files { try? FileManager.default.removeItem(at: file) } }
  for file in files { try Data().write(to: file) }
  process.standardOutput = try FileHandle(forWritingTo: files[0])
  process.standardError = try FileHandle(forWritingTo: files[1])
  try process.run()
  process.waitUntilExit()
  let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
  return (texts[0], texts[1], process.terminationStatus)
}
