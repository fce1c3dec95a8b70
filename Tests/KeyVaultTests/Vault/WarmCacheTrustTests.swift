import Foundation
import GPG
import TestSupport
import Testing

@testable import KeyVault

/// What an attacker who may write into `.keyvault`, or commit it, cannot do; and that what is kept
/// is checked as if it had just been decrypted.
@Suite(.fewAtATime)
struct WarmCacheTrustTests {
  private let machine: WarmCase

  init() throws { machine = try WarmCase() }

  /// Cold, with the right keys, and told.
  private func expectForeign(
    _ world: World, root: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let file = try machine.file(world)
    let rendered = try await machine.render(world, root: root)
    #expect(
      rendered
        == .init(text: WarmCase.text(), decryptions: 3, notices: [.foreign(file: file)]),
      sourceLocation: sourceLocation)
  }

  @Test func `what anybody encrypted to the public key is not used`() async throws {
    let world = try WarmCase.world()
    try await machine.render(world)
    let path = try machine.file(world)
    var forged: [String: String] = [:]
    for entry in ["p/openai", "p/anthropic", "shared/mistral"] {
      let payload = "sk-proj-Forged\nvault: \(World.vaultID)\nentry: \(entry)\n"
      forged[try machine.digest(of: entry, in: world)] =
        payload + "provider: \(entry.split(separator: "/")[1])\nserial: 1\n"
    }
    let lines = try world.scratch.bytes(path).split(separator: 10, maxSplits: 2)
    try world.scratch.write(
      Array(lines[0] + [10] + lines[1] + [10]) + WarmCase.message(forged), to: path)
    try await expectForeign(world)
    // It is the MAC that keeps it out: with one, it counts.
    try machine.plant(forged, in: world)
    #expect(try await machine.render(world).text.contains("OPENAI_API_KEY=sk-proj-Forged"))
  }

  @Test(arguments: [0, 63, 64, 65, 128, 129, 130, -1])
  func `a byte that was changed makes it foreign`(_ place: Int) async throws {
    let world = try WarmCase.world()
    try await machine.render(world)
    let path = try machine.file(world)
    var bytes = try world.scratch.bytes(path)
    bytes[place < 0 ? bytes.count + place : place] ^= 1
    try world.scratch.write(bytes, to: path)
    try await expectForeign(world)
    #expect(try await machine.render(world).decryptions == 1, "and it is kept anew")
  }

  @Test func `what is torn, empty or too large is none`() async throws {
    let world = try WarmCase.world()
    try await machine.render(world)
    let path = try machine.file(world)
    let bytes = try world.scratch.bytes(path)
    for part in [[], Array(bytes.prefix(64)), Array(bytes.dropLast())] {
      try world.scratch.write(part, to: path)
      try await expectForeign(world)
    }
    try world.scratch.write(bytes + [UInt8](repeating: 0, count: 2 << 20), to: path)
    #expect(try await machine.render(world).decryptions == 3)
  }

  @Test func `it counts neither in another folder nor under another name`() async throws {
    let world = try WarmCase.world()
    try await machine.render(world)
    let copy = Scratch()
    try FileManager.default.copyItem(
      atPath: world.scratch.folder, toPath: copy.path("copy"))
    try await expectForeign(world, root: copy.path("copy"))

    // The same entries under another name of theirs.
    let name = try machine.file(world)
    try world.configure("environments: {p: {inherit: [shared]}, q: {inherit: [p, shared]}}\n")
    try world.scratch.move(name, to: "\(WarmCase.cache)/\(CacheFile.name(of: ["q"]))")
    let rendered = try await machine.render(world, ["q"])
    #expect(rendered.decryptions == 3 && rendered.notices.count == 1)
  }

  @Test func `the key of another machine, or of a new state home, does not open it`() async throws {
    let world = try WarmCase.world()
    try await machine.render(world, state: machine.home.path("other"))
    let rendered = try await machine.render(world)
    #expect(rendered.decryptions == 3 && rendered.notices.count == 1)
  }

  @Test func `an older one of our own is stale`() async throws {
    let world = try WarmCase.world()
    try await machine.render(world)
    let path = try machine.file(world)
    let old = try world.scratch.bytes(path)
    try world.store("p/openai", WarmCase.openAI + "2", serial: 2)
    try await machine.render(world)
    try world.scratch.write(old, to: path)
    let new = WarmCase.text(openAI: WarmCase.openAI + "2")
    #expect(try await machine.render(world) == .init(text: new, decryptions: 3))
  }

  @Test func `a file that is committed, linked or a link is refused before it is read`()
    async throws
  {
    let world = try WarmCase.world()
    try await machine.render(world)
    try world.commit()
    try world.git("add", "-f", WarmCase.cache)
    let tracked = try #require(try await machine.refusal(world))
    #expect(tracked.message == "'.keyvault' is tracked by git, so nothing in it is read")
    #expect(machine.decryptions == 0)
    try world.git("rm", "-q", "-r", "--cached", ".keyvault")
    try world.scratch.move(WarmCase.cache, to: "elsewhere")
    try world.scratch.link(WarmCase.cache, to: world.scratch.path("elsewhere"))
    #expect(try await machine.render(world).decryptions == 3)
  }

  @Test func `a key that was rolled back is refused, with the cache of then too`() async throws {
    let world = try WarmCase.world()
    try await machine.render(world)
    let path = try machine.file(world)
    let paths = ["vault/p/openai.gpg", "vault/p/openai.yaml", path]
    let old = try paths.map { try world.scratch.bytes($0) }
    try world.store("p/openai", WarmCase.openAI + "2", serial: 2)
    try await machine.render(world)
    for (path, bytes) in zip(paths, old) { try world.scratch.write(bytes, to: path) }
    let refusal = try #require(try await machine.refusal(world))
    #expect(
      refusal.message == "'p/openai' was rolled back: its serial is 1, but 2 was opened here")
    #expect(machine.decryptions == 1, "it was warm")
  }

  @Test func `a key without binding is refused once the policy refuses it`() async throws {
    let world = try WarmCase.world("policy: {unbound: allow}\n")
    try world.encrypt(WarmCase.openAI, to: "p/openai")
    try await machine.render(world)
    #expect(try await machine.render(world).decryptions == 1)
    try world.configure("environments: {p: {inherit: [shared]}}\n")
    let refusal = try #require(try await machine.refusal(world))
    #expect(refusal.message.hasPrefix("'p/openai' is not bound to this entry"))
    #expect(machine.decryptions == 1, "it was warm")
  }

  @Test(arguments: [
    ("vault: 00\nentry: p/openai\nprovider: openai\nserial: 1\n", "was encrypted for another repo"),
    (
      "vault: \(World.vaultID)\nentry: q/openai\nprovider: openai\nserial: 1\n",
      "holds the key of 'q/openai'"
    ),
    (
      "vault: \(World.vaultID)\nentry: p/openai\nprovider: mistral\nserial: 1\n",
      "is a key of 'mistral'"
    ),
    ("vault: \(World.vaultID)\nentry: p/openai\nserial: 1\n", "'provider' is missing"),
  ])
  func `what is kept is bound to its place like what is decrypted`(
    _ lines: String, _ message: String
  ) async throws {
    let world = try WarmCase.world()
    try await machine.render(world)
    try machine.plant(
      [machine.digest(of: "p/openai", in: world): "\(WarmCase.openAI)\n\(lines)"], in: world)
    let refusal = try #require(try await machine.refusal(world))
    #expect(refusal.message.contains(message), "\(refusal)")
  }

  @Test func `an entry whose sidecar says another provider now is refused`() async throws {
    let world = try WarmCase.world()
    try await machine.render(world)
    let sidecar = "vault/p/openai.yaml"
    try world.write("provider: mistral\n" + world.scratch.text(sidecar), to: sidecar)
    let refusal = try #require(try await machine.refusal(world))
    #expect(refusal.message.hasPrefix("'p/openai' is a key of 'openai'"), "\(refusal)")
  }
}
