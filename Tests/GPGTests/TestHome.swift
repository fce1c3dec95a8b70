import Foundation
import GPG
import Secrets

/// A real GNUPGHOME under a short path; its agent ends and the folder goes with it.
final class TestHome: Sendable {
  static let program = "/usr/bin/gpg"
  let path: String

  init(path: String? = nil) throws {
    var template = Array("/tmp/kvt-XXXXXX".utf8CString)
    self.path = path ?? String(cString: mkdtemp(&template))
    try FileManager.default.createDirectory(
      atPath: self.path, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
  }

  deinit {
    _ = try? run(["--kill", "all"], program: "/usr/bin/gpgconf")
    try? FileManager.default.removeItem(atPath: path)
  }

  var gpg: GPG { GPG(program: Self.program, home: path) }

  struct Failed: Error { let text: String }

  struct Outcome {
    let output: Data
    let errors: String
    let status: Int32
  }

  /// Runs gpg (or another program of GnuPG) in this home, for the test's own needs.
  func attempt(
    _ arguments: [String], input: Data = Data(), program: String = program
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = ["--homedir", path] + arguments
    let files = try (0..<3).map { _ in
      let name = path + "/pipe-" + UUID().uuidString
      try Data().write(to: URL(filePath: name))
      return name
    }
    defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
    try input.write(to: URL(filePath: files[0]))
    process.standardInput = FileHandle(forReadingAtPath: files[0])
    process.standardOutput = FileHandle(forWritingAtPath: files[1])
    process.standardError = FileHandle(forWritingAtPath: files[2])
    try process.run()
    process.waitUntilExit()
    return Outcome(
      output: try Data(contentsOf: URL(filePath: files[1])),
      errors: try String(contentsOf: URL(filePath: files[2]), encoding: .utf8),
      status: process.terminationStatus)
  }

  @discardableResult
  func run(
    _ arguments: [String], input: Data = Data(), program: String = program
  ) throws -> Data {
    let outcome = try attempt(arguments, input: input, program: program)
    guard outcome.status == 0 else {
      throw Failed(text: "\(arguments): \(outcome.status) \(outcome.errors)")
    }
    return outcome.output
  }

  /// Makes a key with a subkey for encryption; the primary fingerprint.
  func makeKey(
    _ name: String, primary: String = "ed25519", subkey: String? = "cv25519",
    expires: String = "never", passphrase: String = ""
  ) throws -> String {
    let quiet = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", passphrase]
    try run(quiet + ["--quick-generate-key", "\(name)@example.com", primary, "cert,sign", expires])
    let fingerprint = try fingerprint(of: name)
    if let subkey {
      try run(quiet + ["--quick-add-key", fingerprint, subkey, "encr", expires])
    }
    return fingerprint
  }

  func fingerprint(of name: String) throws -> String {
    let list = try run(["--with-colons", "--list-keys", "\(name)@example.com"])
    let line = String(decoding: list, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("fpr:") }
    return String(line?.split(separator: ":").last ?? "")
  }

  /// The fingerprint of its first subkey.
  func subkeyFingerprint(of fingerprint: String) throws -> String {
    let list = try run([
      "--with-colons", "--with-subkey-fingerprint", "--list-keys", fingerprint,
    ])
    let lines = String(decoding: list, as: UTF8.self).split(separator: "\n")
      .filter { $0.hasPrefix("fpr:") }
    return String(lines.last?.split(separator: ":").last ?? "")
  }

  func export(_ fingerprint: String) throws -> [UInt8] {
    [UInt8](try run(["--armor", "--export", fingerprint]))
  }

  func secretExport(_ fingerprint: String, passphrase: String = "") throws -> [UInt8] {
    [UInt8](
      try run([
        "--batch", "--pinentry-mode", "loopback", "--passphrase", passphrase, "--armor",
        "--export-secret-keys", fingerprint,
      ]))
  }

  func recipient(_ fingerprint: String) throws -> RecipientFile {
    try RecipientFile(
      name: "\(fingerprint).asc", bytes: try export(fingerprint), fingerprint: fingerprint,
      program: Self.program)
  }

  /// Encrypts with gpg itself.
  func encrypt(_ text: String, for fingerprint: String, _ more: [String] = []) throws -> [UInt8] {
    [UInt8](
      try run(
        ["--trust-model", "always", "--encrypt", "-r", fingerprint] + more, input: Data(text.utf8)))
  }

  /// Ends the agent and waits until it is gone.
  func stopAgent() throws {
    try run(["--kill", "gpg-agent"], program: "/usr/bin/gpgconf")
    for _ in 0..<200 where access(path + "/S.gpg-agent", F_OK) == 0 { usleep(10_000) }
  }
}

/// What a secret holds; only tests copy plaintext out.
func text(_ secret: borrowing Secret) -> String {
  secret.withBytes { span in span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}

/// Encrypts an obviously fake content.
func encrypted(_ content: String, to recipients: [RecipientFile]) throws -> [UInt8] {
  try GPG.encrypt(Secret(utf8: content), to: recipients, program: TestHome.program)
}

/// The reason of the error that `body` must throw.
func reason<R: ~Copyable>(_ body: () throws -> R) -> GPGError.Reason? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? GPGError)?.reason
  }
}
