import Foundation

@testable import KeyVault

/// Changes of a valid repository, each with the finding that `--base` must give.
enum BaseCase {
  static let old = "sk-proj-NotARealKeyNotARealKeyNotARealKey"
  static let new = "sk-proj-NotARealKeyNotARealKeyNotARealKe2"

  static func change(
    _ code: Finding.Code, _ severity: Finding.Severity = .error, at place: String,
    configuration: String = "", base: String = "main",
    program: GPGProgram? = Keyring.gpgProgram,
    _ make: @escaping @Sendable (World) throws -> Void
  ) -> FindingCase {
    var example = FindingCase(
      code, severity, at: place, configuration: configuration, program: program
    ) { world in
      try world.store("p/openai", old, serial: 1)
      try world.commit()
      try world.store("p/openai", new, serial: 2)
      try world.commit()
      try make(world)
    }
    example.base = base
    return example
  }

  /// Puts the entry back as it was at first.
  static func rollBack(_ world: World, _ paths: [String] = ["p/openai.gpg", "p/openai.yaml"]) throws
  {
    for path in paths { try world.git("checkout", "-q", "main~1", "--", "vault/\(path)") }
  }

  static let all: [FindingCase] = [
    change(.rolledBack, at: "vault/p/openai.yaml:5:9") { try rollBack($0) },
    change(.rolledBack, at: "vault/p/openai.gpg:1:1") { try rollBack($0, ["p/openai.gpg"]) },
    change(.rolledBack, at: "vault/p/openai.gpg:1:1") {
      try $0.scratch.remove("vault/p/openai.yaml")
    },
    change(.entryRemoved, .note, at: "vault/p/openai.gpg:1:1") {
      try $0.scratch.remove("vault/p/openai.gpg")
      try $0.scratch.remove("vault/p/openai.yaml")
    },
    change(.entryRestored, .warning, at: "vault/p/openai.gpg:1:1", base: "gone") {
      try $0.git("checkout", "-q", "-b", "gone")
      try $0.git("rm", "-q", "-r", "vault/p")
      try $0.git("commit", "-q", "-m", "x")
      try $0.git("checkout", "-q", "main", "--", "vault/p")
    },
    change(.debtDropped, at: "vault/p/openai.yaml:5:9") {
      try $0.edit("p/openai", "serial: 2", "serial: 3")
    },
    change(.repositoryAdded, at: "services/keyvault.yaml:1:1") {
      try $0.write("version: 1\nvault: \"0011223344556677\"\n", to: "services/keyvault.yaml")
      try $0.git("add", "services/keyvault.yaml")
    },
    change(.repositoryMoved, at: "keyvault.yaml:1:1", base: "before") {
      try $0.git("checkout", "-q", "-b", "before")
      try $0.write("", to: "secrets/x")
      try $0.git("mv", "keyvault.yaml", "secrets/keyvault.yaml")
      try $0.git("commit", "-q", "-m", "x")
      try $0.git("mv", "secrets/keyvault.yaml", "keyvault.yaml")
    },
    change(.vaultChanged, at: "keyvault.yaml:2:8") {
      try $0.write(
        "version: 1\nvault: \"\(String(repeating: "ab", count: 16))\"\n", to: "keyvault.yaml")
    },
    change(.policyLoosened, .warning, at: "keyvault.yaml:3:19") {
      try $0.configure("policy: {unbound: allow}\n")
    },
    change(
      .policyLoosened, .warning, at: "keyvault.yaml:3:19",
      configuration: "environments: {p: {require: [openai]}}\n"
    ) { try $0.configure("environments: {p: {}}\n") },
    change(
      .protectionDropped, at: "keyvault.yaml:3:19",
      configuration: "environments: {p: {protected: true}}\n"
    ) { try $0.configure("environments: {p: {}}\n") },
    change(.environmentChanged, at: "keyvault.yaml:3:29") {
      try $0.configure("environments: {p: {gateway: \"https://evil.example.com\"}}\n")
    },
    change(.environmentChanged, .warning, at: "keyvault.yaml:3:29") {
      try $0.configure("environments: {p: {inherit: [q]}, q: {}}\n")
    },
    change(.configurationChanged, .warning, at: "keyvault.yaml:3:14") {
      try $0.configure("preferences: {text-generation: [openai]}\n")
    },
    change(
      .sourceChanged, .warning, at: "vault/p/openai.gpg:1:1",
      configuration: "environments: {p: {inherit: [q]}}\n"
    ) {
      try $0.store("q/openai", old)
      try $0.commit()
      try $0.scratch.remove("vault/p/openai.gpg")
      try $0.scratch.remove("vault/p/openai.yaml")
    },
    change(.providerAdded, .warning, at: "providers.d/acme.yaml:1:1") {
      try FindingCase.acme()($0)
    },
    change(.providerChanged, at: "providers.d/acme.yaml:5:11") {
      try FindingCase.acme()($0)
      try $0.commit()
      try FindingCase.acme(base: "https://b.example.com")($0)
    },
    change(.providerChanged, .warning, at: "providers.d/mistral.yaml:21:16") {
      try FindingCase.mistral("header: Authorization", "header: X-Api-Key")($0)
    },
    change(.providerRemoved, .warning, at: "providers.d/acme.yaml:1:1") {
      try FindingCase.acme()($0)
      try $0.commit()
      try $0.scratch.remove("providers.d/acme.yaml")
    },
    change(.entryAdded, .warning, at: "vault/q/openai.yaml:1:1") { try $0.store("q/openai", old) },
    change(.entryChanged, .warning, at: "vault/p/openai.yaml:5:6") {
      try $0.edit("p/openai", "serial: 2", "env: OTHER_API_KEY\nserial: 2")
    },
    change(.entryChanged, at: "vault/p/openai.yaml:5:11") {
      try $0.edit("p/openai", "serial: 2", "provider: mistral\nserial: 2")
    },
    change(.plaintextKey, at: "docs/notes.md:2:1") {
      try $0.write("# Notes\nkey: \(old)\n", to: "docs/notes.md")
      try $0.git("add", "docs/notes.md")
    },
    change(.notSearched, .note, at: "docs/notes.zip:1:1") {
      try $0.write("PK\u{3}\u{4}", to: "docs/notes.zip")
      try $0.git("add", "docs/notes.zip")
    },
    change(
      .recipientAdded, at: "vault/.gpg-id:2:1",
      configuration: "environments: {p: {protected: true}}\n"
    ) {
      try $0.write(
        "\(Keyring.alice.fingerprint)\n\(Keyring.bob.fingerprint)\n", to: "vault/.gpg-id")
    },
    change(.recipientAdded, .warning, at: "vault/.gpg-id:2:1") {
      try $0.write(
        "\(Keyring.alice.fingerprint)\n\(Keyring.bob.fingerprint)\n", to: "vault/.gpg-id")
    },
    change(.recipientRemoved, .note, at: "vault/.gpg-id:1:1") {
      try $0.write("\(Keyring.bob.fingerprint)\n", to: "vault/.gpg-id")
    },
    change(.publicKeyOlder, at: "vault/.public-keys/\(olderKey.fingerprint):1:1", base: "later") {
      let path = "vault/.public-keys/\(olderKey.fingerprint)"
      try $0.git("checkout", "-q", "-b", "later")
      try $0.scratch.write(olderKey.revoked, to: path)
      try $0.commit()
      try $0.scratch.write(olderKey.sound, to: path)
    },
    change(
      .publicKeyRemoved, .warning, at: "vault/.public-keys/\(Keyring.bob.fingerprint):1:1"
    ) { try $0.scratch.remove("vault/.public-keys/\(Keyring.bob.fingerprint)") },
    change(.submodule, at: "vault:1:1") {
      try $0.git("rm", "-r", "-q", "vault")
      try $0.index("160000", "vault")
    },
    change(.submodule, at: "providers.d:1:1") { try $0.index("160000", "providers.d") },
    change(.gitInVault, at: "vault/p/.git:1:1") { try $0.write("", to: "vault/p/.git") },
    change(
      .noGPG, at: "vault/.public-keys/\(Keyring.bob.fingerprint):1:1", program: nil
    ) {
      try $0.scratch.remove("vault/.public-keys/\(Keyring.bob.fingerprint)")
    },
    change(.baseUnreadable, at: "keyvault.yaml:1:1", base: "broken") {
      let text = try $0.scratch.text("keyvault.yaml")
      try $0.git("checkout", "-q", "-b", "broken")
      try $0.write("version: 2\n", to: "keyvault.yaml")
      try $0.commit()
      try $0.write(text, to: "keyvault.yaml")
    },
    change(.historyIncomplete, .warning, at: "vault:1:1") {
      let head = try $0.git("rev-parse", "main")
      try $0.write(head, to: ".git/shallow")
      try $0.store("p/openai", old, serial: 3)
    },
  ]

  /// A key before and after its owner revoked it.
  static let olderKey = {
    let home = GPGHome()
    let fingerprint = try! home.key("carol")
    let sound = try! home.export(fingerprint)
    try! home.revoke(fingerprint)
    return (fingerprint: fingerprint, sound: sound, revoked: try! home.export(fingerprint))
  }()
}
