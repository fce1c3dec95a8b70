import Foundation

@testable import KeyVault

/// A repository with one fault, and where that fault must be found.
struct FindingCase: Sendable {
  let code: Finding.Code
  /// `file:line:column`.
  let place: String
  let severity: Finding.Severity
  /// Of keyvault.yaml, after its first two lines.
  let configuration: String
  /// gpg; nil where there is none.
  let program: GPGProgram?
  /// What to compare with.
  var base: String?
  let readsHistory: Bool
  let make: @Sendable (World) throws -> Void

  init(
    _ code: Finding.Code, _ severity: Finding.Severity = .error, at place: String,
    configuration: String = "", program: GPGProgram? = Keyring.gpgProgram,
    readsHistory: Bool = false,
    _ make: @escaping @Sendable (World) throws -> Void = { _ in }
  ) {
    self.code = code
    self.severity = severity
    self.place = place
    self.configuration = configuration
    self.program = program
    self.readsHistory = readsHistory
    self.make = make
  }

  static let key = "sk-proj-NotARealKeyNotARealKeyNotARealKey"

  /// Stores a valid entry and adds lines to its sidecar, which has eight lines before (1 to 8).
  static func entry(_ more: String, name: String = "p/openai") -> @Sendable (World) throws -> Void {
    { world in
      try world.store(name, key, about: .init(owner: "a", description: "b"))
      let text = try world.scratch.text("vault/\(name).yaml")
      try world.write(text + more, to: "vault/\(name).yaml")
    }
  }

  /// The built-in Mistral with a change.
  static func mistral(_ old: String, _ new: String) -> @Sendable (World) throws -> Void {
    { world in
      let text = Embedded.providers.first { $0.name == "mistral.yaml" }!.text
      precondition(text.contains(old))
      try world.write(text.replacing(old, with: new), to: "providers.d/mistral.yaml")
    }
  }

  /// A small provider of a test's own; its URL stands on line 5.
  static func acme(base: String = "https://a.example.com")
    -> @Sendable (World) throws -> Void
  {
    { world in
      try world.write(
        """
        id: acme
        name: Acme
        description: x
        capabilities: [search]
        base_url: \(base)
        auth: {header: Authorization, value: "Bearer {key}"}
        key: {env: [ACME_KEY]}
        probe: none

        """, to: "providers.d/acme.yaml")
    }
  }

  static let all: [FindingCase] =
    files + GitCase.all + PublicKeyCase.all + SignatureCase.all + BaseCase.all + BoundCase.all

  private static let files: [FindingCase] = [
    FindingCase(.syntax, at: "keyvault.yaml:3:4", configuration: "a: \"b\n"),
    FindingCase(.syntax, at: "providers.d/acme.yaml:1:1") {
      try $0.write("&anchor id: acme\n", to: "providers.d/acme.yaml")
    },
    FindingCase(.mergeConflict, at: "vault/p/openai.yaml:9:1") {
      try entry("<<<<<<< ours\nexposed: x\n=======\n>>>>>>> theirs\n")($0)
    },
    FindingCase(.acknowledgementExpired, .warning, at: "vault/p/openai.yaml:9:46") {
      try entry("acknowledged: {verdict: unverifiable, until: 2026-11-01}\n")($0)
    },
    FindingCase(.differsInCase, .warning, at: "vault/p/openai.gpg:1:1") {
      try entry("")($0)
      try $0.scratch.copy("vault/p/openai.gpg", to: "vault/p/OpenAI.gpg")
    },
    FindingCase(.staleCopy, .warning, at: "vault/q/openai.yaml:1:1", readsHistory: true) { world in
      try world.store("p/openai", key)
      try world.commit()
      for end in ["gpg", "yaml"] {
        let text = try world.scratch.bytes("vault/p/openai.\(end)")
        try world.scratch.write(text, to: "vault/q/openai.\(end)")
      }
      try world.store("p/openai", key + "2", serial: 2)
      try world.commit()
    },
    FindingCase(.unreadable, at: "providers.d/acme.yaml:1:1") {
      try $0.scratch.write(
        [UInt8](repeating: 0x23, count: 1 << 20 + 1), to: "providers.d/acme.yaml")
    },
    FindingCase(.unreadable, at: "vault/p/openai.gpg:1:1") {
      try $0.scratch.write([UInt8](repeating: 0, count: 1 << 20 + 1), to: "vault/p/openai.gpg")
    },
    FindingCase(.idIsNotFileName, at: "providers.d/other.yaml:1:5") { world in
      try acme()(world)
      try world.scratch.move("providers.d/acme.yaml", to: "providers.d/other.yaml")
    },
    FindingCase(
      .overridesBuiltIn, .warning, at: "providers.d/mistral.yaml:2:5",
      mistral("Bearer {key}", "Basic {key}")),
    FindingCase(
      .overridesBuiltIn, .warning, at: "providers.d/mistral.yaml:2:5",
      mistral("MISTRAL_API_KEY", "AWS_SECRET_ACCESS_KEY")),
    FindingCase(
      .badURL, at: "providers.d/acme.yaml:5:11", acme(base: "https://a.example.com:99999")),
    FindingCase(
      .badURL, at: "keyvault.yaml:3:32",
      configuration: "environments: {p: {gateway:    \"https://a..example.com/{provider}\"}}\n"),
    FindingCase(
      .needsPermission, .warning, at: "providers.d/acme.yaml:5:11",
      acme(base: "http://a.example.com:8000")),
    FindingCase(
      .needsPermission, .note, at: "providers.d/acme.yaml:5:11", acme(base: "https://127.0.0.1")),
    FindingCase(
      .needsPermission, .note, at: "keyvault.yaml:3:32",
      configuration: "environments: {p: {gateway:    \"http://[::1]:8971/{provider}\"}}\n"),
    FindingCase(.badLength, at: "providers.d/acme.yaml:9:14") { world in
      try acme()(world)
      let text = try world.scratch.text("providers.d/acme.yaml")
      let format = "{name: x, prefix: acme-, chars: a-z,\n    length:  20..8}"
      try world.write(
        text.replacing("{env: [ACME_KEY]}", with: "\n  {env: [ACME_KEY], formats: [\(format)]}"),
        to: "providers.d/acme.yaml")
    },
    FindingCase(.unknownProvider, at: "vault/p/nobody.yaml:3:11") {
      try $0.store("p/nobody", key, provider: "nobdy")
    },
    FindingCase(.unknownProvider, at: "vault/p/nobody.gpg:1:1") {
      try $0.encrypt("fake-key", to: "p/nobody")
    },
    FindingCase(
      .unknownProvider, at: "keyvault.yaml:3:40",
      configuration: "environments: {p: {require: [mistral,  opnai]}}\n"),
    FindingCase(
      .unknownProvider, at: "keyvault.yaml:3:26",
      configuration: "preferences: {search:   [opnai]}\n"),
    FindingCase(
      .unknownEnvironment, at: "keyvault.yaml:3:30",
      configuration: "environments: {a: {inherit: [b]}}\n"),
    FindingCase(
      .inheritCycle, at: "keyvault.yaml:3:29", configuration: "environments: {a: {inherit: [a]}}\n"),
    FindingCase(.sameVariable, .warning, at: "vault/p/second.yaml:1:1") {
      try $0.store("p/openai", key)
      try $0.store("p/second", key, provider: "openai")
    },
    FindingCase(
      .badEntryName, at: "keyvault.yaml:4:3", configuration: "environments:\n  a.gpg: {}\n"),
    FindingCase(.badEntryName, at: "vault/p/a b.gpg:1:1") {
      try $0.write("x", to: "vault/p/a b.gpg")
    },
    FindingCase(.badEntryName, at: "vault/p q:1:1") {
      try $0.write("", to: "vault/p q/.gpg-id")
    },
    FindingCase(.idIsNotFileName, at: "providers.d/Acme.yaml:1:1") {
      try $0.write("", to: "providers.d/Acme.yaml")
    },
    FindingCase(.symbolicLink, at: "vault/p/openai.gpg:1:1") {
      try $0.write("", to: "vault/p/.gpg-id.sig")
      try $0.scratch.link("vault/p/openai.gpg", to: "/etc/passwd")
    },
    FindingCase(.symbolicLink, at: "providers.d/acme.yaml:1:1") {
      try $0.write("", to: "providers.d/readme")
      try $0.scratch.link("providers.d/acme.yaml", to: "readme")
    },
    FindingCase(.symbolicLink, at: "vault:1:1") {
      try $0.scratch.move("vault", to: "real")
      try $0.scratch.link("vault", to: "real")
    },
    FindingCase(.symbolicLink, at: ".keyvault:1:1") {
      try $0.write("", to: "elsewhere/history.jsonl")
      try $0.scratch.link(".keyvault", to: "elsewhere")
    },
    FindingCase(.unreadable, at: "providers.d:1:1") { try $0.write("", to: "providers.d") },
    FindingCase(.unreadable, at: "providers.d:1:1") { world in
      try acme()(world)
      try world.scratch.move("providers.d", to: "elsewhere")
      try world.scratch.link("providers.d", to: "elsewhere")
    },
    FindingCase(.unreadable, at: "providers.d/acme.yaml:1:1") {
      try $0.write("", to: "providers.d/readme")
      mkfifo($0.scratch.path("providers.d/acme.yaml"), 0o600)
    },
    FindingCase(.unreadable, at: "vault/p/openai.gpg:1:1") {
      try $0.write("", to: "vault/p/.gpg-id.sig")
      mkfifo($0.scratch.path("vault/p/openai.gpg"), 0o600)
    },
    FindingCase(.strayFile, .warning, at: "vault/p/key.txt:1:1") {
      try $0.write("fake-key", to: "vault/p/key.txt")
    },
    FindingCase(.strayFile, .warning, at: "providers.d/acme.yml:1:1") {
      try $0.write("id: acme", to: "providers.d/acme.yml")
    },
    FindingCase(.atRoot, .warning, at: "vault/openai.gpg:1:1") { try $0.store("openai", key) },
    FindingCase(.noSidecar, .warning, at: "vault/p/openai.gpg:1:1") {
      try $0.encrypt("fake-key", to: "p/openai")
    },
    FindingCase(.noKey, at: "vault/p/openai.yaml:1:1") {
      try entry("")($0)
      try $0.scratch.remove("vault/p/openai.gpg")
    },
    FindingCase(.digestMismatch, at: "vault/p/openai.yaml:6:9") {
      try entry("")($0)
      try $0.encrypt("another-fake-key", to: "p/openai")
    },
    FindingCase(.badPreview, at: "vault/p/openai.yaml:5:10") { world in
      try entry("")(world)
      let lines = try world.sidecar("p/openai").split(separator: "\n").map {
        $0.hasPrefix("preview:") ? "preview: sk-proj-…3x7Qp9ZtLm" : String($0)
      }
      try world.write(lines.joined(separator: "\n") + "\n", to: "vault/p/openai.yaml")
    },
    FindingCase(.notOpenPGP, at: "vault/p/openai.gpg:1:1") {
      try $0.write(key, to: "vault/p/openai.gpg")
    },
    FindingCase(.hiddenRecipient, at: "vault/p/openai.gpg:1:1") {
      let arguments = ["--trust-model", "always", "-e", "-R", Keyring.alice.fingerprint]
      try $0.scratch.write(
        Keyring.alice.gpg(arguments, input: Array(key.utf8)), to: "vault/p/openai.gpg")
    },
    FindingCase(.noRecipients, at: "vault/p/.gpg-id:1:1") {
      try entry("")($0)
      try $0.scratch.remove("vault/.gpg-id")
    },
    FindingCase(.noRecipients, at: "vault/.gpg-id:1:1") {
      try $0.write("# nobody\n", to: "vault/.gpg-id")
    },
    FindingCase(.badRecipient, at: "vault/.gpg-id:2:1") {
      try $0.write("# us\nalice@example.com\n", to: "vault/.gpg-id")
    },
    FindingCase(.duplicateRecipient, .warning, at: "vault/.gpg-id:2:1") {
      let fingerprint = Keyring.alice.fingerprint
      try $0.write("\(fingerprint)\n\(fingerprint)\n", to: "vault/.gpg-id")
    },
    FindingCase(.noPublicKey, at: "vault/.gpg-id:2:1") {
      try $0.write("# us\n\(String(repeating: "A", count: 40))\n", to: "vault/.gpg-id")
    },
    FindingCase(.demoRecipient, at: "vault/p/.gpg-id:1:1") {
      try $0.write("0DA7BF98E3D16E8C9C4830D88BDEFB879FBC0082\n", to: "vault/p/.gpg-id")
    },
    FindingCase(
      .expired, .warning, at: "vault/p/openai.yaml:9:10", entry("expires: 2026-01-01\n")),
    FindingCase(
      .rotationDue, .warning, at: "vault/p/openai.yaml:9:10",
      configuration: "policy: {rotation: {max_age: 90d}}\n",
      entry("rotated: 2026-01-01T00:00:00Z\n")),
    FindingCase(
      .exposed, .warning, at: "vault/p/openai.yaml:9:10",
      entry("exposed: {to: \(String(repeating: "A", count: 40)), since: 2026-11-20}\n")),
    FindingCase(
      .exposed, at: "vault/p/openai.yaml:9:10", configuration: "policy: {exposed_grace: 3d}\n",
      entry("exposed: {to: \(String(repeating: "A", count: 40)), since: 2026-11-20}\n")),
    FindingCase(.schemaChanged, .warning, at: "Schemas/entry.schema.json:1:1") {
      try $0.write("{}", to: "Schemas/entry.schema.json")
    },
  ]
}
