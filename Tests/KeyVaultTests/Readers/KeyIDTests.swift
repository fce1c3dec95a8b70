import Foundation
import GPG
import TestSupport
import Testing

@testable import KeyVault

/// The key ids of an entry, read from its packets, against those that gpg reads.
@Suite(.fewAtATime)
struct KeyIDTests {
  /// Key ids as `gpg --list-packets` prints them; hidden ones are zeros.
  private func listed(_ bytes: [UInt8], by home: GPGHome) throws -> [String] {
    // Without a secret key that fits, gpg lists all the same and then says so.
    let result = try run(
      [Keyring.program, "--batch", "--list-packets", "--list-only"], ["GNUPGHOME": home.path],
      input: bytes)
    return result.text.split(separator: "\n").filter { $0.hasPrefix(":pubkey enc packet:") }
      .map { String($0.split(separator: " ").last!) }
  }

  @Test func `key ids are those that gpg lists, whatever the algorithm and form`() throws {
    let home = GPGHome()
    let keys = [
      try home.key("rsa", "rsa2048", subkeys: ["rsa2048"]), try home.key("ecc"),
      try home.key("nist", "nistp256", subkeys: ["nistp256", "nistp384"]),
      try home.key("elgamal", "dsa1024", subkeys: ["elg1024"]),
    ]
    let several = try home.key("several", subkeys: ["cv25519", "rsa2048", "cv25519"])
    let each = try home.subkeys(of: several).map { $0 + "!" }
    #expect(each.count == 3)
    let messages = [
      try home.encrypt(for: [keys[0]]), try home.encrypt(for: [keys[1]]),
      try home.encrypt(for: [keys[2]]), try home.encrypt(for: [keys[3]]),
      try home.encrypt(for: keys), try home.encrypt(for: each),
      try home.encrypt(for: [keys[0]], hidden: [keys[1]]),
      try home.encrypt(for: [], hidden: keys),
      try home.encrypt(for: keys + each, hidden: [several], armored: true),
    ]
    for (index, bytes) in messages.enumerated() {
      let listed = try listed(bytes, by: home)
      #expect(try Message(bytes).recipients.map(Drift.text(keyID:)) == listed, "message \(index)")
      #expect(!listed.isEmpty)
    }
    #expect(try listed(messages[5], by: home) == each.map { String($0.dropLast()) })
  }

  /// RFC 9580, A.8.1: a version 6 packet, which gpg 2.2 cannot make.
  @Test func `the recipient of RFC 9580's own message is read`() throws {
    let text = """
      -----BEGIN PGP MESSAGE-----

      wV0GIQYSyD8ecG9jCP4VGkF3Q6HwM3kOk+mXhIjR2zeNqZMIhRmHzxjV8bU/gXzO
      WgBM85PMiVi93AZfJfhK9QmxfdNnZBjeo1VDeVZheQHgaVf7yopqR6W1FT6NOrfS
      aQIHAgZhZBZTW+CwcW1g4FKlbExAf56zaw76/prQoN+bAzxpohup69LA7JW/Vp0l
      yZnuSj3hcFj0DfqLTGgr4/u717J+sPWbtQBfgMfG9AOIwwrUBqsFE9zW+f1zdlYo
      bhF30A+IitsxxA==
      -----END PGP MESSAGE-----
      """
    let ids = try Message(Array(text.utf8)).recipients.map(Drift.text(keyID:))
    #expect(ids == ["12C83F1E706F6308"])
  }
}
