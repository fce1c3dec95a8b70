import Naming
import TestSupport
import Testing

@testable import KeyVault

/// Provider files under required signatures. A person who can push can write one, and it decides where
/// keys go.
@Suite(.fewAtATime)
struct SignedProvidersTests {
  private static let file = "providers.d/acme.yaml"
  private static let statement = "vault/.recipients.sig"

  /// Signed with the provider file, by which one entry is.
  private func world(least: SignaturePolicy = .required) throws -> World {
    let world = try World()
    try world.write(Acme(at: "https://api.acme.example").text, to: Self.file)
    try world.sign(least: least)
    try world.signRecipients()
    try world.store("p/acme", Acme.credential)
    return world
  }

  /// What `validate` says of provider files and the statement, and why nothing is used and nothing written.
  private func state(
    _ world: World
  ) throws -> (codes: [String], use: String?, writing: String?) {
    let codes = try world.codes().filter {
      $0.hasPrefix("providers.d") || $0.hasPrefix(Self.statement)
    }
    return (
      codes.filter { !$0.contains("overrides-built-in") }, world.refusal("p/acme"),
      failure { try world.store("p/new", FindingCase.key, provider: "openai") }?.message
    )
  }

  private func expect(
    _ world: World, changed file: String = file, _ message: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (codes, use, writing) = try state(world)
    #expect(codes == ["\(file): error recipients-changed"], sourceLocation: sourceLocation)
    #expect(use == "\(file): \(message)", sourceLocation: sourceLocation)
    #expect(writing == use, sourceLocation: sourceLocation)
  }

  private func expectSound(
    _ world: World, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (codes, use, writing) = try state(world)
    #expect(codes == [], sourceLocation: sourceLocation)
    #expect(use == nil && writing == nil, sourceLocation: sourceLocation)
  }

  @Test func `the statement is of version 2 and has each provider file`() throws {
    let world = try world()
    try world.write("<svg/>", to: "providers.d/logos/acme.svg")
    try world.write("{}", to: "providers.d/answers/acme/valid.json")
    try world.signRecipients()
    let content = try #require(
      SignedRecipients(parsing: world.scratch.bytes(Self.statement))?.content)
    #expect(content.version == 2)
    #expect(content.providers == ["acme.yaml": Vault.digest(try world.scratch.bytes(Self.file))])
    #expect(content.signedText.starts(with: Array("keyvault-recipients-v2\n".utf8)))
    try expectSound(world)
  }

  @Test func `a changed provider file bars what it could steer`() throws {
    let world = try world()
    try world.write(Acme(at: "https://evil.example").text, to: Self.file)
    try expect(world, changed: Self.file, "this is not the signed version of the provider file")
    // A comment does not change what the file says, but keyvault need not judge that.
    try world.write(Acme(at: "https://api.acme.example").text + "# x\n", to: Self.file)
    try expect(world, changed: Self.file, "this is not the signed version of the provider file")
    try world.write(Acme(at: "https://api.acme.example").text, to: Self.file)
    try expectSound(world)
  }

  @Test func `an older provider file that was signed once is refused too`() throws {
    let world = try world()
    let older = try world.scratch.bytes(Self.file)
    try world.write(Acme(at: "https://api2.acme.example").text, to: Self.file)
    try world.signRecipients()
    try expectSound(world)
    try world.scratch.write(older, to: Self.file)
    try expect(world, "this is not the signed version of the provider file")
  }

  @Test func `a new provider file is noticed, and so is one that is gone`() throws {
    let world = try world()
    try world.write(
      Acme(at: "https://evil.example").text.replacing("acme", with: "zeta"),
      to: "providers.d/zeta.yaml")
    try expect(
      world, changed: "providers.d/zeta.yaml",
      "this provider file is not covered by the signature")
    try world.scratch.remove("providers.d/zeta.yaml")
    try expectSound(world)
    try world.scratch.remove(Self.file)
    #expect(try state(world).codes == ["\(Self.file): error recipients-changed"])
    #expect(
      world.refusal("p/acme") == "\(Self.file): this provider file was signed and is missing")
  }

  @Test func `a link in the place of a provider file is none that was signed`() throws {
    let world = try world()
    try world.scratch.move(Self.file, to: "elsewhere.yaml")
    try world.scratch.link(Self.file, to: "../elsewhere.yaml")
    #expect(
      world.refusal("p/acme") == "\(Self.file): this provider file was signed and is missing")
  }

  @Test func `a file that was signed is another one than what was read before`() throws {
    let world = try world()
    let good = try world.scratch.bytes(Self.file)
    try world.write(Acme(at: "https://evil.example").text, to: Self.file)
    // As a program does that runs on: what it read once stays in use.
    let repository = try world.repository
    let use = {
      failure {
        _ = try repository.vault.open(
          repository.vault.entry(EntryName("p/acme")), requiring: .signed, with: Keyring.alice.gpg)
      }?.message
    }
    #expect(try repository.catalogue.provider("acme")?.baseURL == "https://evil.example")
    for files in [[good], []] {
      if files.isEmpty { try world.scratch.remove(Self.file) }
      for file in files { try world.scratch.write(file, to: Self.file) }
      #expect(use() == "\(Self.file): this is not the signed version of the provider file")
    }
    try world.scratch.write(good, to: Self.file)
    #expect(world.refusal("p/acme") == nil)
  }

  @Test func `logos, answers, and files that define no provider are not covered`() throws {
    let world = try world()
    try world.write("<svg/>", to: "providers.d/logos/acme.svg")
    try world.write("{}", to: "providers.d/answers/acme/valid.json")
    try world.write("x", to: "providers.d/README.md")
    try expectSound(world)
  }

  @Test func `an unsigned copy of a built-in definition decides nothing`() throws {
    let world = try world()
    let text = try #require(Embedded.providers.first { $0.name == "mistral.yaml" }?.text)
    let copy = "providers.d/mistral.yaml"
    try world.write(text, to: copy)
    try expectSound(world)
    for (old, new) in [
      ("MISTRAL_API_KEY", "OTHER_API_KEY"), ("  - search", "  - agents"),
    ] {
      try #require(text.contains(old))
      try world.write(text.replacing(old, with: new), to: copy)
      try expect(
        world, changed: copy, "this provider file is not covered by the signature")
    }
  }

  @Test func `version 1 is refused like a missing signature, until a writer signs again`() throws {
    let world = try world()
    try world.signRecipientsInVersion1(counter: 4)
    let (codes, use, writing) = try state(world)
    #expect(codes == ["\(Self.statement): error signature-outdated"])
    #expect(
      use == "\(Self.statement) was signed in version 1, which does not cover the provider files")
    #expect(writing == use)
    let finding = try #require(try world.findings().first { $0.code == "signature-outdated" })
    #expect(finding.hint?.hasSuffix("keyvault sign --recipients") == true)
    #expect(failure { _ = try world.removeRecipient(Keyring.alice.fingerprint) } != nil)
    try world.signRecipients()
    let content = try #require(
      SignedRecipients(parsing: world.scratch.bytes(Self.statement))?.content)
    #expect(content.version == 2 && content.counter == 5)
    try expectSound(world)
  }

  @Test func `version 1 is a warning where signatures are optional`() throws {
    let world = try world(least: .optional)
    try world.signRecipientsInVersion1()
    let (codes, use, writing) = try state(world)
    #expect(codes == ["\(Self.statement): warning signature-outdated"])
    #expect(use == nil && writing == nil)
  }

  @Test func `a signature of one version is refused in the other`() throws {
    let world = try world()
    let signed = try world.scratch.text(Self.statement)
    let lines = signed.split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex { $0.contains("\"providers\"") })
    let stripped = (lines[..<start] + lines[(start + 3)...]).joined(separator: "\n")
    try world.write(
      stripped.replacing("\"version\" : 2", with: "\"version\" : 1"), to: Self.statement)
    try #require(SignedRecipients(parsing: world.scratch.bytes(Self.statement)) != nil)
    #expect(try state(world).codes == ["\(Self.statement): error bad-signature"])
    try world.write(stripped, to: Self.statement)
    #expect(SignedRecipients(parsing: try world.scratch.bytes(Self.statement)) == nil)
    try world.signRecipientsInVersion1()
    let old = try world.scratch.text(Self.statement)
    try world.write(
      old.replacing("\"version\" : 1", with: "\"providers\" : {}, \"version\" : 2"),
      to: Self.statement)
    #expect(try state(world).codes == ["\(Self.statement): error bad-signature"])
  }
}
