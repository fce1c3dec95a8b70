import Foundation
import GPG

@testable import KeyVault

/// Faults of signatures where they are required, and where `validate` must find them.
enum SignatureCase {
  static let alice = Keyring.alice.fingerprint
  static let bob = Keyring.bob.fingerprint
  private static let old = "20200101T000000"

  /// A key with a signature of its own over an entry, and what happened to the key then.
  private static func former(
    _ name: String, expires: String = "never", at time: String? = nil, revoked: Bool = false,
    _ options: [String] = []
  ) -> @Sendable (World) throws -> Void {
    { world in
      let home = GPGHome()
      let key = try home.key(name, expires: expires, at: time)
      try world.sign(trusting: [alice, key])
      try world.publish(key, from: home)
      try world.signRecipients()
      try world.store("p/openai", FindingCase.key)
      try world.forge("p/openai") {
        try home.gpg(options + ["-u", key, "--detach-sign"], input: $0, at: time)
      }
      if revoked { try home.revoke(key) }
      try world.publish(key, from: home)
      try world.signRecipients()
      if !options.isEmpty { Thread.sleep(forTimeInterval: 2.1) }
    }
  }

  private static func signed(
    _ change: @escaping @Sendable (World) throws -> Void
  ) -> @Sendable (World) throws -> Void {
    { world in
      try world.sign()
      try world.signRecipients()
      try world.store("p/openai", FindingCase.key)
      try change(world)
    }
  }

  static let all: [FindingCase] = [
    FindingCase(
      .notSigned, at: "vault/p/openai.yaml:1:1",
      signed { try $0.edit("p/openai", "signature: ", "# ") }),
    FindingCase(
      .notSigned, at: "vault/p/openai.gpg:1:1",
      signed { try $0.scratch.remove("vault/p/openai.yaml") }),
    FindingCase(
      .notSigned, at: "vault/.recipients.sig:1:1",
      signed { try $0.scratch.remove("vault/.recipients.sig") }),
    FindingCase(
      .signatureOutdated, at: "vault/.recipients.sig:1:1",
      signed { try $0.signRecipientsInVersion1() }),
    FindingCase(.recipientsChanged, at: "providers.d/acme.yaml:1:1", signed(FindingCase.acme())),
    FindingCase(
      .badSignature, at: "vault/p/openai.yaml:7:12",
      signed { try $0.edit("p/openai", "serial: 1", "serial: 2") }),
    FindingCase(
      .badSignature, at: "vault/p/openai.yaml:7:12",
      signed { try $0.edit("p/openai", "signature: ", "signature: AAAA") }),
    FindingCase(
      .badSignature, at: "vault/.recipients.sig:1:1",
      signed { try $0.write("{}", to: "vault/.recipients.sig") }),
    FindingCase(
      .wrongSigner, at: "vault/p/openai.yaml:7:12",
      signed { world in
        try world.forge("p/openai") { try Keyring.bob.gpg(["--detach-sign"], input: $0) }
      }),
    FindingCase(.signerRevoked, at: "vault/p/openai.yaml:7:12", former("left", revoked: true)),
    FindingCase(
      .signerExpired, at: "vault/p/openai.yaml:7:12",
      former("late", expires: "20210101T000000", at: old)),
    FindingCase(
      .signatureExpired, at: "vault/p/openai.yaml:7:12",
      former("short", ["--default-sig-expire", "seconds=1"])),
    FindingCase(
      .noTrustedSigner, at: "keyvault.yaml:1:1", configuration: "policy: {signatures: required}\n"),
    FindingCase(
      .noTrustedSigner, .note, at: "keyvault.yaml:1:1",
      configuration: "policy: {signatures: optional}\n"),
    FindingCase(.noGPG, at: "vault:1:1", program: nil) { try $0.sign() },
    FindingCase(.recipientsChanged, at: "vault/.gpg-id:1:1", signed { try $0.want([alice, bob]) }),
    FindingCase(
      .recipientsRolledBack, at: "vault/.recipients.sig:1:1",
      signed { world in
        let base = try String(
          data: Data(world.scratch.text("vault/.recipients.sig").utf8), encoding: .utf8)!
        try world.signRecipients()
        try world.commit()
        world.base.change { $0 = "main" }
        try world.write(base, to: "vault/.recipients.sig")
      }),
  ]
}
