import GPG
import TestSupport
import Testing

@testable import KeyVault

/// What is sent and rendered where signatures are required.
@Suite(.fewAtATime)
struct SignatureGateTests {
  private static let alice = Keyring.alice.fingerprint

  private func world() throws -> World {
    let world = try World.signed(
      "environments: {p: {gateway: \"http://127.0.0.1:9/{provider}\"}}\n", entry: "p/openai")
    try world.store("p/mistral", "abcdefghijklmnopqrstuvwxyzABCDEF")
    return world
  }

  private func rendered(_ world: World) async throws -> String {
    let repository = try world.repository
    return try await Rendering(repository: repository, policy: .standIns(of: repository))
      .text(of: "p", as: .dotenv, gpg: Keyring.alice.gpg).text
  }

  @Test func `a forged entry is neither sent nor rendered, and says why`() async throws {
    let world = try world()
    #expect(try await rendered(world).contains("OPENAI_API_KEY="))
    try world.edit("p/openai", "owner: a", "owner: a\nenv: ANTHROPIC_API_KEY")
    let bad =
      "the signature does not fit: 'p/openai' was changed after it was signed, or moved here"
    let results = try await world.test()
    let forged = try #require(results.first { $0.entry == "p/openai" })
    #expect(forged.verdict == .misconfigured && forged.error == bad)
    // The other is asked: nothing answers there.
    let other = try #require(results.first { $0.entry == "p/mistral" })
    #expect(other.verdict == .unreachable)
    do {
      _ = try await rendered(world)
      Issue.record("it was rendered")
    } catch let failure as Failure {
      #expect(failure.kind == .malformed && failure.message == bad)
    }
  }

  @Test func `an entry that no writer signed is not even decrypted`() throws {
    let world = try world()
    // A decryption would find no secret key.
    try world.encrypt(Array("x".utf8), to: "p/groq", for: .bob)
    let digest = Vault.digest(try world.scratch.bytes("vault/p/groq.gpg"))
    let lines = try world.sidecar("p/mistral").split(separator: "\n").filter {
      !$0.hasPrefix("signature:") && !$0.hasPrefix("digest:") && !$0.hasPrefix("id:")
    }
    let own = ["id: 0123456789abcdef0123456789abcdef", "provider: groq", "digest: \(digest)", ""]
    try world.write((lines.map(String.init) + own).joined(separator: "\n"), to: "vault/p/groq.yaml")
    try world.encrypt(Array("y".utf8), to: "p/openai", for: .bob)
    let vault = try world.repository.vault
    func message(_ entry: String, _ requirement: Requirement) throws -> String? {
      let entry = try world.entry(entry)
      return failure { _ = try vault.open(entry, requiring: requirement, with: Keyring.alice.gpg) }?
        .message
    }
    let unsigned = try message("p/groq", .signed)
    #expect(unsigned == "'p/groq' is not signed", "\(unsigned ?? "it was opened")")
    let other = "'p/openai': the ciphertext is not the one that was signed"
    #expect(try message("p/openai", .signed) == other)
    #expect(try message("p/groq", .here)?.hasPrefix("cannot open 'p/groq': no secret key") == true)
  }

  @Test func `without trusted signers nothing is sent`() async throws {
    let world = try world()
    let digest = try world.scratch.text("vault/p/openai.yaml")
    try world.sign(trusting: [])
    let results = try await world.test()
    #expect(results.allSatisfy { $0.verdict == .misconfigured })
    #expect(
      results.allSatisfy {
        $0.error == "no trusted signers are configured, so no signature proves anything"
      })
    #expect(try world.scratch.text("vault/p/openai.yaml") == digest)
    // Nor where nothing from outside was given at all, and the tree itself requires it.
    try world.configure("policy: {signatures: required}\n")
    world.signing.change { $0 = nil }
    #expect(try await world.test().allSatisfy { $0.verdict == .misconfigured })
  }

  @Test func `a gate lets no entry pass that it has not judged`() throws {
    let world = try world()
    let entries = try world.repository.vault.entries()
    let gate = SignatureGate(for: [entries[0]], in: try world.repository)
    for entry in entries {
      let isRefused =
        failure { try gate.check(entry, digest: entry.sidecar?.digest ?? "") } != nil
      #expect(isRefused == (entry.name != entries[0].name))
    }
  }

  @Test func `where they are optional everything is used`() async throws {
    let world = try world()
    try world.sign(least: .optional)
    try world.edit("p/openai", "owner: a", "owner: b")
    #expect(try await rendered(world).contains("OPENAI_API_KEY="))
  }

  @Test func `commands that only show say it`() throws {
    let world = try world()
    func objection() throws -> String? {
      let entry = try world.entry("p/openai")
      let repository = try world.repository
      let opened = try repository.vault.open(entry, requiring: .here, with: Keyring.alice.gpg)
      return try repository.vault.signatureObjection(to: entry, opened: opened)?.message
    }
    #expect(try objection() == nil)
    try world.edit("p/openai", "signature: ", "# ")
    #expect(try objection() == "'p/openai' is not signed")
    try world.sign(least: .optional)
    #expect(try objection() == nil)
  }
}
