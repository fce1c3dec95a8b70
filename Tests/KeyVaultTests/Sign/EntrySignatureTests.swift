import Foundation
import GPG
import Naming
import TestSupport
import Testing

@testable import KeyVault

/// Signatures of entries, attacked with what anybody has who can push: the public keys, an editor, git.
@Suite(.fewAtATime)
struct EntrySignatureTests {
  private static let alice = Keyring.alice.fingerprint
  private static let bob = Keyring.bob.fingerprint

  private static let bad =
    "the signature does not fit: 'p/openai' was changed after it was signed, or moved here"

  @Test func `whatever keyvault writes is signed, and can be used`() throws {
    let world = try World.signed()
    #expect(try world.codes() == [])
    #expect(world.refusal("p/openai") == nil)
    let vault = try world.repository.vault
    try vault.setFields([("owner", "c"), ("disabled", "false")], of: EntryName("p/openai"))
    #expect(try world.codes() == [])
    let opened = try world.open("p/openai")
    try vault.store(
      opened.moved(to: EntryName("q/openai"), after: 0), about: .init(),
      from: EntryName("p/openai"),
      program: Keyring.gpgProgram, now: World.now)
    #expect(try world.codes() == [])
    #expect(world.refusal("q/openai") == nil)
    #expect(try world.sidecar("q/openai") != world.sidecar("p/openai"))
  }

  @Test func `what a signature does not cover may change`() throws {
    let world = try World.signed()
    try world.edit("p/openai", "preview: ", "preview: sk-…0000 # ")
    try world.edit("p/openai", "owner: a", "\nowner:   \"a\"  # Alice")
    let exposed = "exposed: {to: \(Self.bob), since: 2026-11-20}\n"
    try world.write(world.sidecar("p/openai") + exposed, to: "vault/p/openai.yaml")
    #expect(try world.codes() == ["vault/p/openai.yaml: warning exposed"])
    #expect(world.refusal("p/openai") == nil)
    // And an edit of ours keeps it.
    let before = try world.sidecar("p/openai")
    try world.sign(as: Keyring.bob.home)
    try world.repository.vault.setFields([("exposed", "")], of: EntryName("p/openai"))
    #expect(try world.sidecar("p/openai") == before.replacing(exposed, with: ""))
  }

  @Test(arguments: [
    ("owner: a", "owner: b"), ("description: b", "description: c"),
    ("serial: 1", "serial: 2"), ("created: 2026", "created: 2025"), ("id: ", "id: A"),
    ("digest: sha256:", "digest: sha256:0"),
    ("owner: a", "owner: a\nenv: OTHER_KEY"), ("owner: a", "owner: a\nprovider: openai"),
    ("owner: a", "owner: a\nexpires: 2030-01-01"), ("owner: a", "owner: a\ndisabled: false"),
    ("owner: a", "owner: a\nrotated: 2026-01-01T00:00:00Z"), ("description: b\n", ""),
  ])
  func `an edited field is found`(old: String, new: String) throws {
    let world = try World.signed()
    try world.edit("p/openai", old, new)
    if old.hasPrefix("digest") {
      let text = try world.sidecar("p/openai")
      let line = text.split(separator: "\n").first { $0.hasPrefix("digest") }!
      try world.edit("p/openai", String(line), String(line.dropLast()))
    }
    let found = try world.codes()
    #expect(found.contains("vault/p/openai.yaml: error bad-signature"), "\(found)")
    #expect(world.refusal("p/openai") == Self.bad)
  }

  @Test func `a pair that was copied into another folder does not count there`() throws {
    let world = try World.signed()
    for suffix in ["gpg", "yaml"] {
      try world.scratch.write(
        world.scratch.bytes("vault/p/openai.\(suffix)"), to: "vault/q/openai.\(suffix)")
    }
    #expect(try world.codes() == ["vault/q/openai.yaml: error bad-signature"])
  }

  @Test func `an entry that anybody could encrypt is refused, however well it is bound`() throws {
    let world = try World.signed()
    let good = world.signing.value
    world.signing.change { $0 = nil }
    // Bob has the public keys and the vault's id, and no leave.
    try world.store("p/mistral", FindingCase.key, provider: "openai")
    world.signing.change { $0 = good }
    #expect(try world.codes().contains("vault/p/mistral.yaml: error not-signed"))
    #expect(world.refusal("p/mistral") == "'p/mistral' is not signed")
    try world.forge("p/mistral") { try Keyring.bob.gpg(["--detach-sign"], input: $0) }
    #expect(
      world.refusal("p/mistral")
        == "'p/mistral' is signed by \(Self.bob), which is not a known key of a trusted signer"
    )
    let found = try #require(try world.findings().first { $0.code == "wrong-signer" })
    #expect(
      found.message
        == "this entry is signed by \(Self.bob), whose signature does not count here")
    // Nor does it help to put the signature of another entry beside it.
    let text = try world.sidecar("p/openai")
    let signature = text.split(separator: "\n").first { $0.hasPrefix("signature:") }!
    let own = try world.sidecar("p/mistral").split(separator: "\n").first {
      $0.hasPrefix("signature:")
    }!
    try world.edit("p/mistral", String(own), String(signature))
    #expect(try world.codes().contains("vault/p/mistral.yaml: error bad-signature"))
  }

  @Test func `a ciphertext that was exchanged under a signed sidecar is refused`() throws {
    let world = try World.signed()
    let sidecar = try world.sidecar("p/openai")
    world.signing.change { $0 = nil }
    try world.store("p/openai", "sk-proj-ForgedForgedForgedForgedForged")
    try world.write(sidecar, to: "vault/p/openai.yaml")
    try world.sign()
    #expect(try world.codes() == ["vault/p/openai.yaml: error digest-mismatch"])
    #expect(
      world.refusal("p/openai") == "'p/openai': the ciphertext is not the one that was signed")
  }

  @Test func `an older signature does not fit a newer sidecar, nor the other way round`() throws {
    let world = try World.signed()
    let older = try world.sidecar("p/openai")
    try world.store("p/openai", FindingCase.key + "2", serial: 2)
    func signature(_ text: String) -> String {
      String(text.split(separator: "\n").first { $0.hasPrefix("signature:") }!)
    }
    let newer = try world.sidecar("p/openai")
    try world.edit("p/openai", signature(newer), signature(older))
    #expect(try world.codes() == ["vault/p/openai.yaml: error bad-signature"])
  }

  @Test func `a signer's file that holds another key under that name is ignored`() throws {
    let world = try World.signed()
    try world.scratch.write(Keyring.bob.publicKey, to: "vault/.public-keys/\(Self.alice)")
    try world.forge("p/openai") { try Keyring.bob.gpg(["--detach-sign"], input: $0) }
    let found = try world.codes()
    #expect(found.contains("vault/p/openai.yaml: error wrong-signer"), "\(found)")
    #expect(found.contains("vault/.public-keys/\(Self.alice): error bad-public-key"))
    #expect(world.refusal("p/openai") != nil)
  }

  @Test func `a subkey signs for its owner, until it is revoked`() throws {
    let home = GPGHome()
    let key = try home.key("carol", "ed25519", subkeys: [])
    try home.gpg(["--quick-add-key", key, "ed25519", "sign", "never"])
    let world = try World()
    try world.publish(key, from: home)
    try world.sign(as: home.path, trusting: [key])
    try world.signRecipients()
    try world.store("p/openai", FindingCase.key)
    #expect(try world.codes() == [])
    #expect(world.refusal("p/openai") == nil)
    try home.revoke(key, subkey: 1)
    try world.publish(key, from: home)
    #expect(try world.codes().contains("vault/p/openai.yaml: error signer-revoked"))
  }

  @Test func `a policy that the tree turns off stays on where the person wants it`() throws {
    let world = try World.signed("policy: {signatures: required}\n")
    try world.configure("policy: {signatures: off}\n")
    try world.edit("p/openai", "owner: a", "owner: b")
    #expect(
      try world.codes() == [
        "keyvault.yaml: error recipients-changed", "vault/p/openai.yaml: error bad-signature",
      ])
    #expect(world.refusal("p/openai") != nil)
  }

  @Test func `writers are the nearest that are named, and only of those who are trusted`() throws {
    let configuration =
      "policy: {writers: [\(Self.bob)]}\nenvironments: {p: {writers: [\(Self.alice)]}, p/x: {writers: [\(Self.bob.lowercased())]}}\n"
    let world = try World(configuration)
    try world.sign(trusting: [Self.alice, Self.bob], key: Self.alice)
    let rules = try world.repository.signingRules
    #expect(
      rules.writers(of: "") == [Name(Self.bob)] && rules.writers(of: "q/r") == [Name(Self.bob)])
    #expect(
      rules.writers(of: "p") == [Name(Self.alice)]
        && rules.writers(of: "p/y/z") == [Name(Self.alice)])
    #expect(
      rules.writers(of: "p/x") == [Name(Self.bob)] && rules.writers(of: "p/x/y") == [Name(Self.bob)]
    )
    try world.sign(trusting: [Self.alice])
    #expect(try world.repository.signingRules.writers(of: "q") == [])
  }

  @Test func `a signer who is not a writer of a folder writes nothing there`() throws {
    let world = try World.signed("environments: {q: {writers: [\(Self.bob)]}}\n")
    let refused = failure { try world.store("q/openai", FindingCase.key) }
    #expect(
      refused?.message
        == "signatures are required here, and \(Self.alice) is not a writer of 'vault/q'")
    #expect(!FileManager.default.fileExists(atPath: world.scratch.path("vault/q")))
  }

  @Test func `without a key to sign with nothing is written where signatures are required`() throws
  {
    let world = try World.signed()
    let before = try world.sidecar("p/openai")
    try world.sign(as: GPGHome().path)
    for attempt in [
      { try world.store("p/openai", FindingCase.key + "2", serial: 2) },
      { try world.repository.vault.setFields([("owner", "z")], of: EntryName("p/openai")) },
    ] {
      let refused = failure(of: attempt)
      #expect(refused?.kind == .locked)
      #expect(
        refused?.message
          == "signatures are required here, and no secret key of a trusted signer is here")
    }
    #expect(try world.sidecar("p/openai") == before)
    #expect(try world.codes() == [])
  }

  @Test func `without one a signature that no longer fits goes, where they are optional`() throws {
    let told = Locked<[String]>([])
    let world = try World.signed(least: .optional)
    try world.sign(as: GPGHome().path, least: .optional) { line in told.change { $0.append(line) } }
    try world.repository.vault.setFields([("owner", "z")], of: EntryName("p/openai"))
    #expect(try world.codes() == ["vault/p/openai.yaml: warning not-signed"])
    #expect(world.refusal("p/openai") == nil)
    #expect(
      told.value == [
        "the signature of p/openai no longer fits and was removed: a writer can sign it again with "
          + "'keyvault sign p/openai'"
      ])
  }

  @Test(arguments: [SignaturePolicy.required, .optional])
  func `a command does not silently sign what another person has changed`(policy: SignaturePolicy)
    throws
  {
    let world = try World.signed(least: policy)
    try world.edit("p/openai", "owner: a", "owner: a\nenv: OTHER_KEY")
    let attempt = {
      try world.repository.vault.setFields([("owner", "z")], of: EntryName("p/openai"))
    }
    if policy == .required {
      #expect(failure(of: attempt)?.message == Self.bad)
    } else {
      try attempt()
      #expect(!(try world.sidecar("p/openai").contains("signature:")))
    }
    try world.edit("p/openai", "owner: ", "# signature: x\nowner: ")
    if policy == .required {
      #expect(
        failure { try world.store("p/openai", FindingCase.key, serial: 2) }?.message == Self.bad)
    }
  }

  @Test func `a sidecar that waits for a ciphertext is not signed with it`() throws {
    let world = try World.signed()
    try world.scratch.remove("vault/p/openai.gpg")
    #expect(
      failure { try world.store("p/openai", FindingCase.key) }?.message
        == "vault/p/openai.yaml has no .gpg file beside it, so its author cannot be verified")
  }

  @Test func `signing looks first at what it signs`() throws {
    let world = try World.signed()
    let name = try EntryName("p/openai")
    func sign() -> Failure? {
      failure {
        let repository = try world.repository
        try repository.vault.sign(name, as: repository.signer(), with: Keyring.alice.gpg)
      }
    }
    try world.edit("p/openai", "owner: a", "owner: b")
    #expect(try world.repository.vault.signatures(of: [world.entry("p/openai")])[0].isDue == false)
    #expect(sign() == nil)
    #expect(try world.codes() == [])
    try world.edit("p/openai", "serial: 1", "serial: 2")
    #expect(
      sign()?.message
        == "'p/openai' has the serial 1, but its sidecar says 2: the ciphertext is an older one")
    try world.edit("p/openai", "serial: 2", "serial: 1")
    try world.scratch.move("vault/p/openai.gpg", to: "vault/p/other.gpg")
    try world.encrypt(FindingCase.key, to: "p/openai")
    #expect(sign()?.kind == .malformed)
  }

  @Test func `an entry whose signer left is due, and signed again it is good`() throws {
    let world = try World.signed(trusting: [Self.alice, Self.bob])
    try world.forge("p/openai") { try Keyring.bob.gpg(["--detach-sign"], input: $0) }
    #expect(try world.codes() == [])
    try world.sign()
    let repository = try world.repository
    let signature = try repository.vault.signatures(of: [world.entry("p/openai")])[0]
    #expect(signature.isDue && !signature.isGood)
    try repository.vault.sign(
      signature.entry.name, as: repository.signer(), with: Keyring.alice.gpg)
    #expect(try world.codes() == [])
  }
}
