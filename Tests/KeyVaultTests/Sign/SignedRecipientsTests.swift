import Foundation
import GPG
import Naming
import TestSupport
import Testing

@testable import KeyVault

/// Who can read what, signed as a whole, and attacked by a person who can push.
@Suite(.fewAtATime)
struct SignedRecipientsTests {
  private static let alice = Keyring.alice.fingerprint
  private static let bob = Keyring.bob.fingerprint
  private static let file = "vault/.recipients.sig"

  /// What `validate` says beside what it says of entries, and whether a key may still be written.
  private func state(_ world: World) throws -> (codes: [String], refusal: String?) {
    let codes = try world.codes().filter { $0.contains("recipients-") || $0.contains(Self.file) }
    return (
      codes, failure { try world.store("p/new", FindingCase.key, provider: "openai") }?.message
    )
  }

  @Test func `the document says who can read what, and counts`() throws {
    let world = try World.signed()
    try world.want([Self.bob, Self.alice], in: "p")
    try world.signRecipients()
    let document = try #require(SignedRecipients(parsing: world.scratch.bytes(Self.file)))
    #expect(document.content.counter == 2)
    #expect(document.content.vault == World.vaultID)
    #expect(
      document.content.folders == [
        "vault": [Self.alice], "vault/p": [Self.alice, Self.bob].sorted(),
      ])
    #expect(document.content.publicKeys.sortedKeys == [Self.alice, Self.bob].sorted())
    #expect(
      document.content.configuration == Vault.digest(try world.scratch.bytes("keyvault.yaml")))
    let (codes, refusal) = try state(world)
    #expect(codes == [] && refusal == nil)
  }

  @Test func `a person who wrote themselves into a list gets no key`() throws {
    let world = try World.signed()
    try world.want([Self.alice, Self.bob])
    let (codes, refusal) = try state(world)
    #expect(codes == ["vault/.gpg-id: error recipients-changed"])
    #expect(refusal == "vault/.gpg-id: this is not the signed version of the list")
    try world.want([Self.alice])
    // A list where there was none, a copy of one that was signed for elsewhere.
    try world.want([Self.alice], in: "p")
    #expect(try state(world).codes == ["vault/p/.gpg-id: error recipients-changed"])
  }

  @Test func `a comment in a list, and its order, permit nothing`() throws {
    let world = try World.signed()
    try world.write("# us\n\n\(Self.alice.lowercased())\n", to: "vault/.gpg-id")
    #expect(try state(world).codes == [])
  }

  @Test func `a public key that was exchanged, added or removed is found`() throws {
    let world = try World.signed()
    let path = "vault/.public-keys/\(Self.bob)"
    try world.scratch.write(Keyring.bob.publicKey + Array("\n".utf8), to: path)
    let changed = try state(world)
    #expect(changed.codes == ["\(path): error recipients-changed"])
    #expect(changed.refusal == "\(path): this is not the signed version of the public key")
    try world.scratch.remove(path)
    #expect(try state(world).codes == ["\(path): error recipients-changed"])
    try world.scratch.write(Keyring.bob.publicKey, to: path)
    #expect(try state(world).codes == [])
    let carol = "vault/.public-keys/" + String(repeating: "C", count: 40)
    try world.write("x", to: carol)
    #expect(try state(world).codes == ["\(carol): error recipients-changed"])
  }

  @Test func `an unsigned configuration bars every entry`() throws {
    let world = try World.signed()
    try world.configure("policy: {unbound: allow}\n")
    let (codes, refusal) = try state(world)
    #expect(codes == ["keyvault.yaml: error recipients-changed"])
    let message = "keyvault.yaml: this is not the signed version of the configuration"
    #expect(refusal == message)
    #expect(world.refusal("p/openai") == message)
  }

  @Test func `the document of another repository, or another signer's, is worth nothing`() throws {
    let world = try World.signed()
    let own = try world.scratch.text(Self.file)
    try world.write(
      own.replacing(World.vaultID, with: String(repeating: "0", count: 32)), to: Self.file)
    #expect(try state(world).codes == ["\(Self.file): error bad-signature"])
    try world.write(own.replacing("\"counter\" : 1", with: "\"counter\" : 9"), to: Self.file)
    #expect(try state(world).codes == ["\(Self.file): error bad-signature"])
    try world.write(own, to: Self.file)
    #expect(try state(world).codes == [])
    let good = world.signing.value
    try world.sign(as: Keyring.bob.home, trusting: [Self.bob])
    try world.signRecipients()
    world.signing.change { $0 = good }
    let (codes, refusal) = try state(world)
    #expect(codes == ["\(Self.file): error wrong-signer"])
    #expect(refusal?.hasPrefix("\(Self.file) is signed by \(Self.bob)") == true)
  }

  @Test func `an older document is found by the base's counter`() throws {
    let world = try World.signed()
    let older = try world.scratch.text(Self.file)
    try world.signRecipients()
    try world.commit()
    world.base.change { $0 = "main" }
    #expect(try state(world).codes == [])
    try world.write(older, to: Self.file)
    #expect(try state(world).codes == ["\(Self.file): error recipients-rolled-back"])
  }

  @Test func `other documents of the base's number, and older ones that do not fit, are found`()
    throws
  {
    let world = try World.signed()
    try world.want([Self.alice, Self.bob])
    try world.signRecipients()
    let aside = try world.scratch.text(Self.file)
    try world.signRecipients()
    let older = try world.scratch.text(Self.file)
    try world.want([Self.alice])
    try world.signRecipients()
    try world.commit()
    world.base.change { $0 = "main" }
    #expect(try state(world).codes == [])
    try world.write(older, to: Self.file)
    #expect(
      try state(world).codes == [
        "vault/.gpg-id: error recipients-changed", "\(Self.file): error recipients-rolled-back",
      ])
    // Number 4, which the base has, for other lists.
    try world.write(aside, to: Self.file)
    try world.want([Self.alice, Self.bob])
    let repository = try world.repository
    let content = try SignedRecipients.Content(of: repository, counter: 4)
    let signature = try repository.signer().sign(content.signedText)
    try world.scratch.write(SignedRecipients(content, signature: signature).text(), to: Self.file)
    let findings = try world.findings().filter { $0.code == "recipients-rolled-back" }
    #expect(
      findings.map(\.message) == ["these are other lists than were signed as number 4 before"])
    // Version 1 has a number too.
    try world.signRecipientsInVersion1(counter: 3)
    #expect(try state(world).codes.contains("\(Self.file): error recipients-rolled-back"))
  }

  @Test func `a change is judged by its base's policy and writers`() throws {
    let world = try World.signed(trusting: [Self.alice, Self.bob])
    try world.configure("policy: {signatures: required, writers: [\(Self.alice)]}\n")
    try world.commit()
    try world.sign(as: Keyring.bob.home, trusting: [Self.alice, Self.bob], least: .off)
    try world.configure("policy: {writers: [\(Self.bob)]}\n")
    try world.signRecipients()
    try world.store("p/openai", FindingCase.key, serial: 2)
    #expect(try world.codes() == [])
    world.base.change { $0 = "main" }
    #expect(
      try world.codes() == [
        "keyvault.yaml: error policy-loosened", "keyvault.yaml: error policy-loosened",
        "vault/.recipients.sig: error wrong-signer", "vault/p/openai.yaml: error wrong-signer",
      ])
  }

  @Test func `our own changes are signed with the next number`() throws {
    let world = try World.signed()
    let carol = try GPGHome.shared.key("signedcarol")
    let file = PublicKeyFile(fingerprint: carol, armored: try GPGHome.shared.export(carol))
    let change = try world.repository.vault.addRecipient(
      file, to: "", program: Keyring.gpgProgram)
    #expect(change.written.last == Self.file)
    #expect(try state(world).codes == [])
    // The mark of what Carol could read is covered by no signature, and breaks none.
    let written = try world.removeRecipient(carol).written
    #expect(written.suffix(2) == ["vault/.gpg-id", Self.file])
    #expect(written.contains("vault/p/openai.yaml"))
    #expect(world.refusal("p/openai") == nil)
    #expect(try state(world).codes == [])
    let document = try #require(SignedRecipients(parsing: world.scratch.bytes(Self.file)))
    #expect(document.content.counter == 3)
  }

  @Test func `several lists that change together are signed once`() throws {
    let world = try World.signed()
    let carol = try GPGHome.shared.key("signedtwice")
    let file = PublicKeyFile(fingerprint: carol, armored: try GPGHome.shared.export(carol))
    for folder in ["", "p"] {
      _ = try world.repository.vault.addRecipient(
        file, to: folder, program: Keyring.gpgProgram)
    }
    let before = try #require(SignedRecipients(parsing: world.scratch.bytes(Self.file)))
    _ = try world.removeRecipient(carol, from: ["", "p"])
    #expect(try state(world).codes == [])
    let after = try #require(SignedRecipients(parsing: world.scratch.bytes(Self.file)))
    #expect(after.content.counter == before.content.counter + 1)
  }

  @Test func `an update from the keyring is signed with the next number`() throws {
    let world = try World.signed()
    let home = GPGHome()
    let key = try home.key("refreshed", expires: "20950101T000000", at: "20200101T000000")
    let file = PublicKeyFile(fingerprint: key, armored: try home.export(key))
    _ = try world.repository.vault.addRecipient(file, to: "", program: Keyring.gpgProgram)
    try home.gpg(["--quick-set-expire", key, "21000101T000000"])
    let written = try world.repository.vault.refreshRecipients(
      [key], from: GPG(program: Keyring.program, home: home.path), program: Keyring.gpgProgram
    ).written
    #expect(written == ["vault/.public-keys/\(key)", Self.file])
    #expect(try state(world).codes == [])
  }

  @Test func `what another person changed is not silently signed`() throws {
    let world = try World.signed()
    try world.want([Self.alice, Self.bob])
    let before = try world.scratch.text(Self.file)
    let refused = failure { _ = try world.removeRecipient(Self.bob) }
    #expect(refused?.message == "vault/.gpg-id: this is not the signed version of the list")
    let told = Locked<[String]>([])
    try world.sign(least: .optional) { line in told.change { $0.append(line) } }
    _ = try world.removeRecipient(Self.bob)
    #expect(try world.scratch.text(Self.file) == before)
    #expect(told.value.count == 1 && told.value[0].hasPrefix("\(Self.file) does not fit any more"))
  }

  @Test(arguments: ["5000", "1000000000", "9223372036854775807", "1e99", "-1"])
  func `a counter that an attacker drove up is not counted on`(number: String) throws {
    let world = try World.signed()
    try world.commit()
    let text = try world.scratch.text(Self.file)
    try world.write(
      text.replacing("\"counter\" : 1", with: "\"counter\" : \(number)"), to: Self.file)
    #expect(try state(world).codes == ["\(Self.file): error bad-signature"])
    try world.commit()
    try world.signRecipients()
    let document = try #require(SignedRecipients(parsing: world.scratch.bytes(Self.file)))
    #expect(document.content.counter == 2)
    #expect(try state(world).codes == [])
  }

  @Test func `the signature of pass is kept, and made where pass is configured to require it`()
    throws
  {
    func verifies(_ world: World, _ folder: String = "vault") throws -> Bool {
      let list = world.scratch.path("\(folder)/.gpg-id")
      return try run(
        [Keyring.program, "--verify", list + ".sig", list], ["GNUPGHOME": Keyring.alice.home]
      ).status == 0
    }
    let world = try World.signed()
    let carol = try GPGHome.shared.key("passcarol")
    let file = PublicKeyFile(fingerprint: carol, armored: try GPGHome.shared.export(carol))
    _ = try world.repository.vault.addRecipient(file, to: "", program: Keyring.gpgProgram)
    #expect(!FileManager.default.fileExists(atPath: world.scratch.path("vault/.gpg-id.sig")))
    try world.write("stale", to: "vault/.gpg-id.sig")
    _ = try world.removeRecipient(carol)
    #expect(try verifies(world))
    try world.scratch.remove("vault/.gpg-id.sig")
    try world.sign(passKeys: Self.alice)
    _ = try world.repository.vault.addRecipient(file, to: "p", program: Keyring.gpgProgram)
    #expect(try verifies(world, "vault/p"))
  }
}
