import Foundation
import GPG
import KeyVault

/// The GPG keys of a run, made once: Alice and Bob have homes of their own.
final class Keyring: Sendable {
  static let alice = Keyring("Alice <alice@example.com>")
  static let bob = Keyring("Bob <bob@example.com>")

  /// Absolute path of gpg.
  static let program = "/usr/bin/gpg"
  static let gpgProgram: GPGProgram = {
    GPG.liftBoundOnPublicKeys()
    return GPGProgram(path: program, runtimeDirectory: nil)
  }()

  let home: String
  let fingerprint: String
  /// Armored.
  let publicKey: [UInt8]

  private init(_ userID: String) {
    // The paths of GPG's sockets must be short.
    home = leftovers.newPath()
    let script = """
      mkdir -m 700 "$GNUPGHOME" &&
      gpg --batch --quiet --passphrase '' --quick-generate-key "$1" ed25519 cert,sign never &&
      fpr=$(gpg --batch --list-keys --with-colons | awk -F: '$1=="fpr"{print $10; exit}') &&
      gpg --batch --quiet --passphrase '' --quick-add-key "$fpr" cv25519 encr never &&
      printf %s "$fpr"
      """
    let made = try! run(["/bin/bash", "-c", script, "bash", userID], ["GNUPGHOME": home])
    precondition(made.status == 0, "gpg cannot make a key: \(made.errors)")
    fingerprint = made.text
    leftovers.addHome(home)
    publicKey = try! GPG(program: Self.program, home: home).exportPublicKey(fingerprint)
  }

  var gpg: GPG { GPG(program: Self.program, home: home) }

  /// What `gpg` writes with these arguments, as from a person's own shell.
  func gpg(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
    let result = try run([Self.program, "--batch"] + arguments, ["GNUPGHOME": home], input: input)
    guard result.status == 0 else { throw ProgramFailure(errors: result.errors) }
    return result.output
  }
}

struct ProgramFailure: Error {
  let errors: String
}

/// What this process makes in /tmp, to be torn down when it ends, agents first.
final class Leftovers: Sendable {
  private let prefix = "kvt-\(getpid())-"
  private let homes = Locked<[String]>([])

  fileprivate init() { atexit { leftovers.remove() } }

  /// A new path, short enough for GPG's sockets.
  func newPath() -> String { "/tmp/\(prefix)\(UUID().uuidString.prefix(8))" }

  func addHome(_ home: String) { homes.change { $0.append(home) } }

  private func remove() {
    for home in homes.value {
      _ = try? run(["/usr/bin/gpgconf", "--kill", "all"], ["GNUPGHOME": home])
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? []
    for name in names where name.hasPrefix(prefix) {
      try? FileManager.default.removeItem(atPath: "/tmp/" + name)
    }
  }
}

let leftovers = Leftovers()

/// A value behind a lock.
final class Locked<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var stored: Value

  init(_ value: Value) { stored = value }

  var value: Value { lock.withLock { stored } }

  func change(_ body: (inout Value) -> Void) { lock.withLock { body(&stored) } }
}
