import Foundation
import GPG

/// A GPG home in which a test makes keys of any kind.
final class GPGHome: Sendable {
  /// Keys that cost time to make, or that several tests need, made once a run.
  static let shared = GPGHome()

  let path = leftovers.newPath()

  init() {
    try! FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    leftovers.addHome(path)
  }

  /// What `gpg` writes; `at` stops its clock there, as `20200101T000000`: a clock that
  /// went on would make a slow key younger than the next command.
  @discardableResult
  func gpg(_ arguments: [String], input: [UInt8] = [], at time: String? = nil) throws -> [UInt8] {
    let clock = time.map { ["--faked-system-time", $0 + "!"] } ?? []
    let quiet = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    let result = try run(
      [Keyring.program] + quiet + clock + arguments, ["GNUPGHOME": path], input: input)
    guard result.status == 0 else { throw ProgramFailure(errors: result.errors) }
    return result.output
  }

  /// Makes a key with a subkey for encryption of each algorithm; its fingerprint.
  func key(
    _ name: String, _ primary: String = "ed25519", subkeys: [String] = ["cv25519"],
    expires: String = "never", subkeyExpires: String? = nil, at time: String? = nil
  ) throws -> String {
    let address = "\(name)@example.com"
    try gpg(["--quick-generate-key", address, primary, "cert,sign", expires], at: time)
    let fingerprint = try ids("fpr", of: address)[0]
    for subkey in subkeys {
      try gpg(["--quick-add-key", fingerprint, subkey, "encr", subkeyExpires ?? expires], at: time)
    }
    return fingerprint
  }

  /// Key ids of the subkeys, in the order in which they were made.
  func subkeys(of fingerprint: String) throws -> [String] { try ids("sub", of: fingerprint) }

  private func ids(_ kind: String, of key: String) throws -> [String] {
    let list = String(decoding: try gpg(["--with-colons", "--list-keys", key]), as: UTF8.self)
    let lines = list.split(separator: "\n").map {
      $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.filter { $0[0] == kind }.map { $0[kind == "fpr" ? 9 : 4] }
  }

  /// Revokes the whole key, or its subkey of that number (from 1).
  func revoke(_ fingerprint: String, subkey: Int? = nil) throws {
    guard let subkey else {
      let certificate = try String(
        contentsOfFile: "\(path)/openpgp-revocs.d/\(fingerprint).rev", encoding: .utf8)
      let text = certificate.replacing(":-----BEGIN", with: "-----BEGIN")
      try gpg(["--import"], input: Array(text.utf8))
      return
    }
    let script = "key \(subkey)\nrevkey\ny\n0\n\ny\nsave\n"
    let result = try run(
      [
        Keyring.program, "--quiet", "--no-tty", "--command-fd", "0", "--pinentry-mode", "loopback",
        "--passphrase", "", "--edit-key", fingerprint,
      ], ["GNUPGHOME": path], input: Array(script.utf8))
    guard result.status == 0 else { throw ProgramFailure(errors: result.errors) }
  }

  /// Armored.
  func export(_ fingerprint: String) throws -> [UInt8] {
    try gpg(["--armor", "--export", fingerprint])
  }

  /// Encrypts with gpg itself, for keys or (with `!` at the end) single subkeys.
  func encrypt(
    for keys: [String], hidden: [String] = [], armored: Bool = false, at time: String? = nil
  ) throws -> [UInt8] {
    let recipients = keys.flatMap { ["-r", $0] } + hidden.flatMap { ["-R", $0] }
    return try gpg(
      ["--trust-model", "always", "--encrypt"] + (armored ? ["--armor"] : []) + recipients,
      input: Array("fake-key\n".utf8), at: time)
  }
}

extension World {
  /// Puts a key of that home into `.public-keys`.
  func publish(_ fingerprint: String, from home: GPGHome = .shared) throws {
    try scratch.write(home.export(fingerprint), to: "vault/.public-keys/\(fingerprint)")
  }

  /// Writes `.gpg-id`.
  func want(_ fingerprints: [String], in folder: String = "") throws {
    let path = ["vault", folder, ".gpg-id"].filter { !$0.isEmpty }.joined(separator: "/")
    try write(fingerprints.map { $0 + "\n" }.joined(), to: path)
  }
}
