import Foundation
import GPG

/// The GPG keys of a run, made once: Alice's and Bob's lie in homes of their own.
final class Keyring: Sendable {
  static let alice = Keyring("Alice <alice@example.com>")
  static let bob = Keyring("Bob <bob@example.com>")

  /// Absolute path of gpg.
  static let program = "/usr/bin/gpg"

  let home: String
  let fingerprint: String
  /// Armored.
  let publicKey: [UInt8]

  private init(_ userID: String) {
    // The paths of GPG's sockets must be short.
    home = "/tmp/kvt-\(UUID().uuidString.prefix(8))"
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
    homesOfThisRun.add(home)
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

/// Homes to tear down when the process ends, agents first.
private final class Homes: Sendable {
  private let list = Locked<[String]>([])

  init() {
    atexit {
      for home in homesOfThisRun.list.value {
        _ = try? run(["/usr/bin/gpgconf", "--kill", "all"], ["GNUPGHOME": home])
        try? FileManager.default.removeItem(atPath: home)
      }
    }
  }

  func add(_ home: String) { list.change { $0.append(home) } }
}

private let homesOfThisRun = Homes()

/// A value behind a lock.
final class Locked<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var stored: Value

  init(_ value: Value) { stored = value }

  var value: Value { lock.withLock { stored } }

  func change(_ body: (inout Value) -> Void) { lock.withLock { body(&stored) } }
}
