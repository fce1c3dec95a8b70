import Foundation
import GPG
import TestSupport
import Testing

@testable import KeyVault

/// What was opened once needs one decryption, as long as nothing changed.
@Suite(.fewAtATime)
struct WarmCacheTests {
  private let machine: WarmCase

  init() throws { machine = try WarmCase() }

  private static let warm = WarmCase.Rendered(text: WarmCase.text(), decryptions: 1)
  private static let cold = WarmCase.Rendered(text: WarmCase.text(), decryptions: 3)

  @Test func `the second rendering of unchanged keys is one decryption`() async throws {
    let world = try WarmCase.world()
    #expect(try await machine.render(world) == Self.cold)
    for _ in 1...2 { #expect(try await machine.render(world) == Self.warm) }
    for number in 1...20 {
      try world.store(
        "p/k\(number)", WarmCase.openAI, provider: "openai",
        about: .init(variable: "K\(number)_KEY"))
    }
    let many = try await machine.render(world)
    #expect(many.decryptions == 23)
    #expect(try await machine.render(world) == .init(text: many.text, decryptions: 1))
  }

  @Test func `a choice is served from what is kept of all, and keeps nothing itself`() async throws
  {
    let world = try WarmCase.world()
    let two = try VariableChoice(only: ["openai", "mistral"])
    let one = try VariableChoice(only: ["openai"])
    let text = WarmCase.text(anthropic: nil)
    for _ in 1...2 {
      #expect(try await machine.render(world, choosing: two) == .init(text: text, decryptions: 2))
    }
    #expect((try? machine.file(world)) == nil)
    try await machine.render(world)
    #expect(try await machine.render(world, choosing: two) == .init(text: text, decryptions: 1))
    // What one entry needs is one decryption, of the entry.
    try world.write("", to: machine.file(world))
    #expect(try await machine.render(world, choosing: one).notices == [])
  }

  @Test func `one entry alone is not kept`() async throws {
    let world = try World()
    try world.store("p/openai", WarmCase.openAI)
    try await machine.render(world)
    #expect((try? machine.file(world)) == nil)
  }

  @Test func `environments are kept together by their names, in whichever order`() async throws {
    let world = try WarmCase.world()
    try world.store("q/cohere", WarmCase.mistral)
    try world.store("q/groq", WarmCase.mistral)
    let (first, second) = (["p", "q"], ["q", "p"])
    let both = try await machine.render(world, first)
    #expect(both.decryptions == 5)
    #expect(try await machine.render(world, second) == .init(text: both.text, decryptions: 1))
    #expect(try await machine.render(world) == Self.cold)
    #expect(try await machine.render(world) == Self.warm)
    #expect(try await machine.render(world, ["q"]).decryptions == 2)
    #expect(try await machine.render(world, first).decryptions == 1)
    #expect(try world.scratch.names(in: WarmCase.cache).count == 3)
  }

  /// What makes a cache stale, and what is rendered then.
  enum Change: CaseIterable {
    case changed, encryptedAgain, added, removed, inherited, readerAdded, ownList

    func make(in world: World) throws {
      switch self {
      case .changed: try world.store("p/openai", WarmCase.openAI + "2", serial: 2)
      case .encryptedAgain: try world.store("p/openai", WarmCase.openAI)
      case .added: try world.store("p/cohere", WarmCase.mistral)
      case .removed: try world.repositoryVault.remove(EntryName("p/openai"))
      case .inherited:
        try world.store("shared/mistral", String(WarmCase.mistral.reversed()), serial: 2)
      case .readerAdded: try world.want([Keyring.alice.fingerprint, Keyring.bob.fingerprint])
      case .ownList: try world.want([Keyring.bob.fingerprint, Keyring.alice.fingerprint], in: "p")
      }
    }

    var text: String {
      switch self {
      case .changed: WarmCase.text(openAI: WarmCase.openAI + "2")
      case .added:
        WarmCase.text().replacing("MISTRAL", with: "CO_API_KEY=\(WarmCase.mistral)\nMISTRAL")
      case .removed: WarmCase.text(openAI: nil)
      case .inherited: WarmCase.text(mistral: String(WarmCase.mistral.reversed()))
      case .encryptedAgain, .readerAdded, .ownList: WarmCase.text()
      }
    }
  }

  @Test(arguments: Change.allCases)
  func `a change makes it stale, silently, and it is stored again`(_ change: Change)
    async throws
  {
    let world = try WarmCase.world()
    try await machine.render(world)
    try change.make(in: world)
    let count = change.text.split(separator: "\n").count
    let stale = try await machine.render(world)
    #expect(stale == .init(text: change.text, decryptions: count))
    #expect(try await machine.render(world) == .init(text: change.text, decryptions: 1))
  }

  @Test func `a disabled entry is left out of what is kept, and is back when it is enabled`()
    async throws
  {
    let world = try WarmCase.world()
    let sidecar = "vault/p/openai.yaml"
    let enabled = try world.scratch.text(sidecar)
    let without = WarmCase.text(openAI: nil)
    try await machine.render(world)
    try world.write(enabled + "disabled: true\n", to: sidecar)
    #expect(try await machine.render(world) == .init(text: without, decryptions: 1))
    try world.write(enabled, to: sidecar)
    #expect(try await machine.render(world) == Self.warm)
    // What was disabled when the others were kept is decrypted once.
    try world.write(enabled + "disabled: true\n", to: sidecar)
    try world.write("", to: machine.file(world))
    #expect(try await machine.render(world).decryptions == 2)
    try world.write(enabled, to: sidecar)
    #expect(try await machine.render(world) == .init(text: Self.warm.text, decryptions: 2))
    #expect(try await machine.render(world) == Self.warm)
  }

  @Test func `it is the user's alone: nowhere in plaintext, readable by no other key`() async throws
  {
    // In a process of its own, for the mask is the process's.
    await #expect(processExitsWith: .success) {
      let machine = try WarmCase()
      let world = try World(recipients: [.alice, .bob])
      try world.store("p/openai", WarmCase.openAI)
      try world.store("p/mistral", WarmCase.mistral)
      umask(0)
      try await machine.render(world)
      let file = try machine.file(world)
      for (path, mode) in [(file, 0o600), (WarmCase.cache, 0o700)] {
        let attributes = try FileManager.default.attributesOfItem(atPath: world.scratch.path(path))
        #expect(attributes[.posixPermissions] as? Int == mode, "\(path)")
      }
      let bytes = try world.scratch.bytes(file)
      let message = try Message(Array(bytes.split(separator: 10, maxSplits: 2)[2]))
      let alice = try #require(
        GPG.inspect(publicKeyFile: Keyring.alice.publicKey, program: Keyring.program).first)
      #expect(message.recipients == alice.encryptionKeyIDs)
      let grep = try run(
        ["/usr/bin/grep", "-rlaE", "NotARealKey", "."], in: world.scratch.path(".keyvault"))
      #expect(grep.text == "" && grep.status == 1)
    }
  }

  @Test func `another key of the same person opens the entries themselves`() async throws {
    let world = try World(recipients: [.alice, .bob])
    try world.store("p/openai", WarmCase.openAI)
    try world.store("p/mistral", WarmCase.mistral)
    let text = WarmCase.text(anthropic: nil)
    try await machine.render(world)
    let bob = try await machine.render(world, as: .bob)
    // Bob cannot open what was kept: both entries are decrypted.
    #expect(bob == .init(text: text, decryptions: 2))
    #expect(try await machine.render(world, as: .bob) == .init(text: text, decryptions: 1))
  }

  @Test func `where it cannot be kept it is said, and the keys are rendered`() async throws {
    func unkept(_ world: World, state: String? = nil) async throws -> Failure? {
      let rendered = try await machine.render(world, state: state)
      #expect(rendered.text == WarmCase.text() && rendered.decryptions == 3)
      guard case .unkept(let failure) = rendered.notices.first else { return nil }
      return failure
    }
    let world = try WarmCase.world()
    #expect(
      try await unkept(world, state: "/dev/null/x")?.message.hasPrefix("cannot make the folder")
        == true)
    try world.write("", to: WarmCase.cache)
    #expect(try await unkept(world)?.kind == .notFound)
    try world.scratch.remove(WarmCase.cache)
    try world.want([Keyring.bob.fingerprint], in: "p")
    #expect(
      try await unkept(world)?.message == "none of your own keys can now read 'p/anthropic'")
    let forgetful = try await machine.render(world, remembers: false)
    #expect(forgetful.notices == [] && forgetful.decryptions == 3)
  }
}
