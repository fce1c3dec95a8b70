import Foundation
import GPG
import TestSupport
import Testing

@testable import KeyVault

/// What a reviewer of a pull request must see: policy, readers, public keys.
@Suite(.fewAtATime)
struct ReviewTests {
  private static let strict = """
    environments: {p: {require: [openai, mistral], rotation: {max_age: 30d}}, q: {require: [openai]}}
    policy: {rotation: {max_age: 90d, warn: 14d}, recipient_warn: 30d, preview: 2, exposed_grace: 14d}

    """

  private func messages(_ world: World, _ code: Finding.Code) throws -> [String] {
    try world.findings(base: "main").filter { $0.code == code.rawValue }.map(\.message)
  }

  @Test(arguments: [
    ("max_age: 90d", "max_age: 91d", "'max_age' is looser than in 'main': 91 days, was 90 days"),
    ("max_age: 90d, ", "", "'max_age' is looser than in 'main': no limit, was 90 days"),
    ("warn: 14d", "warn: 1d", "'warn' is looser than in 'main': 1 day, was 14 days"),
    (
      "recipient_warn: 30d", "recipient_warn: 1w",
      "'recipient_warn' is looser than in 'main': 7 days, was 30 days"
    ),
    (
      "exposed_grace: 14d", "exposed_grace: 9999w",
      "'exposed_grace' is looser than in 'main': 69993 days, was 14 days"
    ),
    (
      "max_age: 30d", "max_age: 31d",
      "'max_age' in 'p' is looser than in 'main': 31 days, was 30 days"
    ),
    (
      ", rotation: {max_age: 30d}", "",
      "'max_age' in 'p' is looser than in 'main': 90 days, was 30 days"
    ),
    (
      "q: {", "q: {rotation: {warn: 1d}, ",
      "'warn' in 'q' is looser than in 'main': 1 day, was 14 days"
    ),
    ("preview: 2", "preview: 4", "'preview' is looser than in 'main': 4, was 2"),
    ("preview: 2", "hidden: allow", "'hidden' is looser than in 'main': allow, was refuse"),
    ("[openai, mistral]", "[openai]", "'p' does not require 'mistral' any more, as in 'main'"),
    (", q: {require: [openai]}", "", "'q' does not require 'openai' any more, as in 'main'"),
  ])
  func `a loosened rule is reported`(old: String, new: String, message: String) throws {
    let world = try World(Self.strict)
    try world.commit()
    let text = try world.scratch.text("keyvault.yaml")
    try #require(text.contains(old))
    try world.write(text.replacing(old, with: new), to: "keyvault.yaml")
    #expect(try messages(world, .policyLoosened).contains(message))
    // The other way it is not a finding.
    try world.commit()
    try world.write(text, to: "keyvault.yaml")
    #expect(try !messages(world, .policyLoosened).contains { $0.contains(message.prefix(12)) })
  }

  @Test func `a change is not judged by the rotation that it asks for itself`() throws {
    let world = try World("environments: {p: {rotation: {max_age: 1d}}}\n")
    try world.store("p/openai", BaseCase.old)
    try world.edit("p/openai", "created: 2026", "created: 2020")
    try world.commit()
    #expect(try messages(world, .rotationDue).count == 1)
    try world.configure("environments: {p: {rotation: {max_age: 9999d}}, r: {}}\n")
    #expect(try messages(world, .rotationDue).count == 1)
  }

  @Test(arguments: [
    (
      "policy: {writers: [alice]}", "policy: {writers: [alice, bob]}",
      "bob may sign in 'vault', and may not in 'main'"
    ),
    (
      "policy: {writers: [alice]}", "policy: {}",
      "any trusted signer may sign in 'vault', and may not in 'main'"
    ),
    (
      "policy: {writers: [alice]}",
      "environments: {p: {writers: [bob]}}\npolicy: {writers: [alice]}",
      "bob may sign in 'vault/p', and may not in 'main'"
    ),
    (
      "environments: {p: {writers: [alice]}}", "environments: {p: {}}",
      "any trusted signer may sign in 'vault/p', and may not in 'main'"
    ),
    (
      "policy: {signatures: required}", "policy: {signatures: optional}",
      "'signatures' is looser than in 'main': optional, was required"
    ),
    (
      "policy: {writers: [alice, bob]}",
      "environments: {p: {writers: [bob]}}\npolicy: {writers: [alice]}", nil
    ),
  ])
  func `a new writer is reported`(old: String, new: String, message: String?) throws {
    // No fingerprint holds one of these words.
    func filled(_ text: String) -> String {
      text.replacing("alice", with: Keyring.alice.fingerprint)
        .replacing("bob", with: Keyring.bob.fingerprint)
    }
    let world = try World(filled(old) + "\n")
    try world.commit()
    try world.configure(filled(new) + "\n")
    let findings = try world.findings(base: "main")
    let told = findings.filter { $0.code == Finding.Code.policyLoosened.rawValue }.map(\.message)
    #expect(told == [message.map(filled)].compactMap(\.self), "\(findings.map(\.text))")
  }

  @Test func `a reader in a new list of a subfolder is reported, by name and folder`() throws {
    let world = try World()
    try world.store("p/openai", BaseCase.old)
    try world.commit()
    try world.want([Keyring.alice.fingerprint, Keyring.bob.fingerprint], in: "p")
    let bob = "\(Keyring.bob.fingerprint) (Bob <bob@example.com>)"
    #expect(
      try messages(world, .recipientAdded)
        == ["\(bob) can now read 'vault/p', and is not in 'main'"])
    #expect(try messages(world, .recipientRemoved) == [])
  }

  @Test func `a reader after the removal of a list is reported at the list above`() throws {
    let world = try World(recipients: [.alice, .bob])
    try world.want([Keyring.alice.fingerprint], in: "p")
    try world.store("p/openai", BaseCase.old)
    try world.commit()
    try world.scratch.remove("vault/p/.gpg-id")
    let added = try world.findings(base: "main").filter { $0.code == "recipient-added" }
    #expect(added.map(\.file) == ["vault/.gpg-id"] && added.map(\.line) == [2])
    try world.want([Keyring.alice.fingerprint])
    #expect(
      try messages(world, .recipientRemoved)
        == ["\(Keyring.bob.fingerprint) (Bob <bob@example.com>) could read 'vault' in 'main'"])
  }

  @Test func `an older copy of a public key is reported, a newer one is not`() throws {
    let home = GPGHome()
    let carol = try home.key("carol", expires: "2090-01-01")
    let first = try home.export(carol)
    try home.gpg(["--quick-set-expire", carol, "2091-01-01"])
    try home.gpg(["--quick-set-expire", carol, "2091-01-01", "*"])
    let longer = try home.export(carol)
    try home.gpg(["--quick-add-key", carol, "cv25519", "encr", "2091-01-01"])
    let second = try home.export(carol)
    try home.revoke(carol, subkey: 1)
    let revoked = try home.export(carol)

    let world = try World()
    let path = "vault/.public-keys/\(carol)"
    func told(_ old: [UInt8], _ new: [UInt8]) throws -> [String] {
      try world.scratch.write(old, to: path)
      try world.commit()
      try world.scratch.write(new, to: path)
      return try messages(world, .publicKeyOlder)
    }
    for (old, new) in [(first, longer), (longer, second), (second, revoked), (first, first)] {
      #expect(try told(old, new) == [])
    }
    let subkeys = try home.subkeys(of: carol)
    #expect(
      try told(longer, first) == [
        "the subkey \(subkeys[0]) does not end before 2091-01-01, as 'main' knows it",
        "this key does not end before 2091-01-01, as 'main' knows it",
      ])
    #expect(
      try told(second, longer) == ["the key has a subkey \(subkeys[1]), as 'main' knows it"])
    #expect(
      try told(revoked, second) == ["the subkey \(subkeys[0]) is revoked, as 'main' knows it"])
  }

  @Test func `a revoked key whose file goes is an error`() throws {
    let world = try World()
    let path = "vault/.public-keys/\(BaseCase.olderKey.fingerprint)"
    try world.scratch.write(BaseCase.olderKey.revoked, to: path)
    try world.commit()
    try world.scratch.remove(path)
    let finding = try #require(
      try world.findings(base: "main").first { $0.code == "public-key-removed" })
    #expect(finding.severity == .error)
  }

  @Test func `whether the change brought an override is said`() throws {
    let world = try World()
    try world.commit()
    try FindingCase.mistral("Bearer {key}", "Basic {key}")(world)
    #expect(
      try messages(world, .overridesBuiltIn).allSatisfy {
        $0.hasSuffix("; 'main' does not have it")
      })
    #expect(try messages(world, .overridesBuiltIn).count == 1)
    try world.commit()
    #expect(try messages(world, .overridesBuiltIn).allSatisfy { !$0.contains("main") })
  }

  @Test func `a base without this repository is reported`() throws {
    let world = try World()
    try world.git("init", "-q", "-b", "main")
    try world.git("commit", "-q", "--allow-empty", "-m", "x")
    try world.store("p/openai", BaseCase.old)
    let findings = try world.findings(base: "main")
    #expect(findings.map(\.code) == ["base-unreadable"])
    #expect(findings.map(\.severity) == [.warning])
    #expect(
      findings.map(\.message) == ["'main' has no repository here, so nothing was compared with it"])
  }
}
