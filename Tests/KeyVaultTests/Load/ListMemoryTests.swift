import GPG
import TestSupport
import Testing

@testable import KeyVault

/// A machine that saw newer lists, and lists that were signed once and are rolled back.
@Suite(.fewAtATime)
struct ListMemoryTests {
  private static let statement = "vault/.recipients.sig"
  private static let list = "vault/.gpg-id"
  private static let bob = Keyring.bob.fingerprint

  private let home = Scratch()

  private func remembering(_ world: World) throws -> (Repository, Memory) {
    var repository = try world.repository
    let memory = Memory(of: repository, stateHome: home.path("state"))
    repository.memory = memory
    return (repository, memory)
  }

  /// Runs `body` as a command does: with a memory that is written down at its end.
  private func command<Value>(
    _ world: World, _ body: (Repository) throws -> Value
  ) throws -> Value {
    let (repository, memory) = try remembering(world)
    defer { try? memory.save() }
    return try body(repository)
  }

  private func sign(_ world: World) throws {
    try command(world) { _ = try $0.vault.signRecipients(as: $0.signer()) }
  }

  private func use(_ world: World) -> Failure? {
    failure {
      try command(world) {
        _ = try $0.vault.open(
          $0.vault.entry(EntryName("p/openai")), requiring: .signed, with: Keyring.alice.gpg)
      }
    }
  }

  private func write(_ world: World) -> Failure? {
    failure {
      try command(world) { try $0.vault.checkRecipientsSigned() }
    }
  }

  private func seen(_ world: World) throws -> Int? {
    try remembering(world).1.recipients?.serial
  }

  /// Bob reads by number 2 and not by number 3, which is checked out; each is a commit, and number 3 was used.
  private func world(
    least: SignaturePolicy = .required, tell: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> World {
    let world = try World()
    try world.write(".keyvault/\n", to: ".gitignore")
    try world.sign(least: least, tell: tell)
    try world.signRecipients()
    try world.store("p/openai", FindingCase.key)
    try world.commit()
    try world.want([Keyring.alice.fingerprint, Self.bob])
    try world.signRecipients()
    try world.commit()
    try world.want([Keyring.alice.fingerprint])
    try world.signRecipients()
    try world.commit()
    return world
  }

  private func putBack(_ world: World) throws {
    try world.git("checkout", "-q", "HEAD~1", "--", Self.statement, Self.list)
    try world.commit()
  }

  private static let message =
    "\(statement) was rolled back: its number is 2, but this machine has seen 3"

  @Test func `what was used is remembered, and its older version is refused`() throws {
    let world = try world()
    #expect(try seen(world) == nil)
    #expect(use(world) == nil)
    #expect(try seen(world) == 3)
    try putBack(world)
    for refusal in [use(world), write(world)] {
      #expect(refusal?.message == Self.message)
      #expect(refusal?.kind == .malformed)
      #expect(refusal?.hints.last?.hasSuffix("keyvault accept --recipients") == true)
    }
    #expect(try seen(world) == 3, "what was refused is not remembered")
    let added = failure {
      try command(world) {
        _ = try $0.vault.addRecipient(
          PublicKeyFile(fingerprint: Self.bob, armored: Keyring.bob.publicKey), to: "p",
          program: Keyring.gpgProgram)
      }
    }
    #expect(added?.message == Self.message)
  }

  @Test func `what was signed here is remembered before it is used`() throws {
    let world = try world()
    try sign(world)
    #expect(try seen(world) == 4)
    try world.commit()
    try world.git("checkout", "-q", "HEAD~2", "--", Self.statement, Self.list)
    #expect(write(world)?.message.hasSuffix("but this machine has seen 4") == true)
  }

  @Test func `who goes back in history on purpose reads with a note, and writes nothing`() throws {
    let told = Locked<[String]>([])
    let world = try world { line in told.change { $0.append(line) } }
    #expect(use(world) == nil && told.value == [])
    try world.git("checkout", "-q", "HEAD~1")
    #expect(use(world) == nil)
    #expect(
      told.value == [
        "\(Self.statement): its number is 2, but this machine has seen 3, because an older "
          + "commit is checked out"
      ])
    #expect(write(world)?.message == Self.message)
    // In that commit only its own file is excused.
    try world.git("checkout", "-q", "main~2", "--", Self.statement, Self.list)
    #expect(use(world)?.message.contains("its number is 1") == true)
  }

  @Test func `going back by rewriting history is not taken as intended`() throws {
    let world = try world()
    #expect(use(world) == nil)
    try world.git("checkout", "-q", "-b", "forced", "main~1")
    try world.git("commit", "-q", "--allow-empty", "-m", "x")
    #expect(use(world)?.message == Self.message)
  }

  @Test func `other lists of the same number, of another branch, do not take their place`() throws {
    let world = try world()
    #expect(use(world) == nil)
    try world.git("checkout", "-q", "-b", "other", "main~1")
    try world.want([Keyring.alice.fingerprint, Self.bob], in: "p")
    try world.signRecipients()
    try world.commit()
    let message =
      "\(Self.statement) was rolled back: this machine has seen other lists with the number 3"
    #expect(use(world)?.message == message)
    #expect(write(world)?.message == message)
    // The same lists, signed once more under their number, do not count as different.
    try world.git("checkout", "-q", "main")
    let repository = try world.repository
    let content = try SignedRecipients.Content(of: repository, counter: 3)
    let signature = try repository.signer().sign(content.signedText)
    try world.scratch.write(
      SignedRecipients(content, signature: signature).text(), to: Self.statement)
    #expect(use(world) == nil && write(world) == nil)
  }

  @Test func `an older provider file with its own statement is refused`() throws {
    let world = try world()
    try world.write(Acme(at: "https://old.example").text, to: "providers.d/acme.yaml")
    try world.signRecipients()
    try world.commit()
    try world.write(Acme(at: "https://new.example").text, to: "providers.d/acme.yaml")
    try world.signRecipients()
    try world.commit()
    #expect(use(world) == nil)
    try world.git("checkout", "-q", "HEAD~1", "--", Self.statement, "providers.d")
    try world.commit()
    #expect(use(world)?.message.contains("was rolled back: its number is 4") == true)
    #expect(write(world)?.message.contains("was rolled back: its number is 4") == true)
  }

  @Test func `a writer who signs the older lists goes on above the newest number`() throws {
    let world = try world()
    #expect(use(world) == nil)
    try putBack(world)
    try sign(world)
    let document = try #require(SignedRecipients(parsing: world.scratch.bytes(Self.statement)))
    #expect(document.content.counter == 4)
    #expect(use(world) == nil && write(world) == nil)
  }

  @Test func `trusting the older lists forgets the newer, and nothing else`() throws {
    let world = try world()
    #expect(use(world) == nil)
    try putBack(world)
    try remembering(world).1.forgetRecipients()
    #expect(try remembering(world).1.record(of: EntryName("p/openai"))?.serial == 1)
    #expect(write(world) == nil && use(world) == nil)
    #expect(try seen(world) == 2)
  }

  @Test func `a machine that lost its state starts again`() throws {
    let world = try world()
    #expect(use(world) == nil)
    try putBack(world)
    try home.remove("state")
    #expect(use(world) == nil)
    #expect(try seen(world) == 2)
    // Lines that this machine did not write are ignored.
    let text = try home.text(home.memoryFile)
    try home.write(text.replacing(" 2 sha256", with: " 9 sha256"), to: home.memoryFile)
    #expect(try seen(world) == nil)
    #expect(use(world) == nil)
  }

  @Test func `numbers that no trusted writer signed are not remembered`() throws {
    let world = try world()
    #expect(use(world) == nil)
    let good = try world.scratch.bytes(Self.statement)
    let text = try world.scratch.text(Self.statement)
    for number in ["4", "1000000000", "9223372036854775807", "1e99"] {
      try world.write(
        text.replacing("\"counter\" : 3", with: "\"counter\" : \(number)"), to: Self.statement)
      #expect(use(world) != nil && write(world) != nil)
    }
    // Signed by a person who is not trusted, and by a writer for another vault.
    let trust = world.signing.value
    try world.sign(as: Keyring.bob.home, trusting: [Self.bob])
    try world.signRecipients()
    world.signing.change { $0 = trust }
    #expect(use(world)?.message.contains("is signed by \(Self.bob)") == true)
    let configuration = try world.scratch.text("keyvault.yaml")
    try world.write(
      configuration.replacing(World.vaultID, with: String(repeating: "ab", count: 16)),
      to: "keyvault.yaml")
    try world.scratch.write(good, to: Self.statement)
    for _ in 1...3 { try world.signRecipients() }
    try world.write(configuration, to: "keyvault.yaml")
    #expect(
      use(world)?.message == "keyvault.yaml: this is not the signed version of the "
        + "configuration")
    try world.scratch.write(good, to: Self.statement)
    #expect(use(world) == nil)
    #expect(try seen(world) == 3)
  }

  @Test func `without a policy numbers say nothing`() throws {
    let world = try world(least: .off)
    _ = use(world)
    try sign(world)
    try putBack(world)
    #expect(use(world) == nil && write(world) == nil)
  }

  @Test func `where signatures are optional, older lists are not signed again by the way`() throws {
    let told = Locked<[String]>([])
    let world = try world(least: .optional) { line in told.change { $0.append(line) } }
    try sign(world)
    try world.git("checkout", "-q", "HEAD", "--", Self.statement)
    let before = try world.scratch.bytes(Self.statement)
    try command(world) {
      _ = try $0.vault.addRecipient(
        PublicKeyFile(fingerprint: Self.bob, armored: Keyring.bob.publicKey), to: "p",
        program: Keyring.gpgProgram)
    }
    #expect(try world.scratch.bytes(Self.statement) == before)
    #expect(told.value.count == 1 && told.value[0].contains("does not fit any more"))
  }
}
