import Foundation
import GPG

@testable import KeyVault

/// Recipients' keys with a fault, made once a run, and where `validate` must find it.
enum PublicKeyCase {
  static let alice = Keyring.alice.fingerprint
  static let bob = Keyring.bob.fingerprint

  static let signOnly = try! GPGHome.shared.key("signonly", subkeys: [])
  static let weakRSA = try! GPGHome.shared.key("weakrsa", "rsa1024", subkeys: ["cv25519"])
  static let weakSubkey = try! GPGHome.shared.key("weaksubkey", subkeys: ["rsa1024"])
  static let elGamal = try! GPGHome.shared.key("elgamal", "dsa1024", subkeys: ["elg1024"])
  static let old = "20200101T000000"
  static let expired = try! GPGHome.shared.key("expired", expires: "20261123T170000", at: old)
  static let expiring = try! GPGHome.shared.key(
    "expiring", subkeyExpires: "20261223T000000", at: old)
  static let later = try! GPGHome.shared.key("later", expires: "20280101T000000", at: old)
  static let revoked: String = {
    let key = try! GPGHome.shared.key("revoked")
    try! GPGHome.shared.revoke(key)
    return key
  }()
  static let revokedSubkey: String = {
    let key = try! GPGHome.shared.key("revokedsubkey")
    try! GPGHome.shared.revoke(key, subkey: 1)
    return key
  }()

  /// The key is a recipient beside Alice.
  static func recipient(
    _ code: Finding.Code, _ severity: Finding.Severity = .error, key: String,
    configuration: String = ""
  ) -> FindingCase {
    FindingCase(
      code, severity, at: "vault/.public-keys/\(key):1:1", configuration: configuration
    ) {
      try $0.publish(key)
      try $0.want([alice, key])
    }
  }

  static func file(
    _ code: Finding.Code, _ make: @escaping @Sendable (World) throws -> Void
  ) -> FindingCase {
    FindingCase(code, at: "vault/.public-keys/\(bob):1:1", make)
  }

  static let all: [FindingCase] = [
    recipient(.recipientCannotRead, key: signOnly), recipient(.recipientWeak, key: weakRSA),
    recipient(.recipientWeak, key: weakSubkey), recipient(.recipientWeak, key: elGamal),
    recipient(.recipientExpired, .warning, key: expired),
    recipient(.recipientExpires, .warning, key: expiring),
    recipient(
      .recipientExpires, .warning, key: later, configuration: "policy: {recipient_warn: 100w}\n"),
    recipient(.recipientRevoked, key: revoked), recipient(.recipientRevoked, key: revokedSubkey),
    file(.badPublicKey) { world in
      try world.scratch.write(
        Keyring.bob.publicKey + Keyring.alice.publicKey, to: "vault/.public-keys/\(bob)")
    },
    file(.badPublicKey) {
      try $0.scratch.write(Keyring.alice.publicKey, to: "vault/.public-keys/\(bob)")
    },
    file(.badPublicKey) { try $0.write("no key\n", to: "vault/.public-keys/\(bob)") },
    file(.badPublicKey) { try $0.write("", to: "vault/.public-keys/\(bob)") },
    file(.badPublicKey) {
      try $0.scratch.write([UInt8](repeating: 65, count: 70_000), to: "vault/.public-keys/\(bob)")
    },
    file(.badPublicKey) {
      try $0.scratch.remove("vault/.public-keys/\(bob)")
      try $0.scratch.link("vault/.public-keys/\(bob)", to: alice)
    },
    FindingCase(.badPublicKey, at: "vault/.public-keys/alice:1:1") {
      try $0.scratch.write(Keyring.alice.publicKey, to: "vault/.public-keys/alice")
    },
    // Whether a list names it or not.
    file(.secretKey) {
      let secret = try Keyring.bob.gpg(["--armor", "--export-secret-keys", bob])
      try $0.scratch.write(secret, to: "vault/.public-keys/\(bob)")
    },
    FindingCase(.recipientMissing, at: "vault/p/openai.gpg:1:1") {
      try $0.store("p/openai", FindingCase.key)
      try $0.want([alice, bob])
    },
    FindingCase(.recipientUnexpected, at: "vault/p/openai.gpg:1:1") {
      try $0.want([alice, bob])
      try $0.store("p/openai", FindingCase.key)
      try $0.want([alice])
    },
    FindingCase(.noHistory, .warning, at: "vault:1:1", readsHistory: true),
    FindingCase(.manyPublicKeys, at: "vault/.public-keys:1:1") { world in
      // Names of as many digits as a fingerprint has.
      for index in 0..<1_000 {
        try world.write(
          "", to: "vault/.public-keys/\(String(repeating: "A", count: 36))\(1_000 + index)")
      }
    },
    FindingCase(.badPublicKey, at: "vault/.public-keys/carol:1:1") {
      try $0.write("", to: "vault/.public-keys/carol")
    },
    FindingCase(.noGPG, .warning, at: "vault/.public-keys:1:1", program: nil),
  ]
}
