import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// What adopting, and adding, write inside the encryption: never more than was trusted before.
@Suite(.fewAtATime)
struct AdoptionTests {
  private static let nobody = OriginPolicy(allowed: [])

  private func adopt(
    _ entry: String, in world: World, policy: OriginPolicy = nobody,
    now: Timestamp = World.now
  ) throws {
    let repository = try world.repository
    let opened = try repository.vault.open(
      world.entry(entry), requiring: .anywhere, with: Keyring.alice.gpg)
    let provider = try #require(try repository.catalogue.provider(opened.provider))
    try repository.vault.store(
      opened.rebound(
        to: provider, hosts: policy.destinations(of: provider, gateway: nil).hosts, preview: 4,
        after: 0), about: .init(), program: Keyring.gpgProgram, now: now)
  }

  @Test func `hosts of an override that is not trusted are not the key's`() throws {
    let world = try World()
    try FindingCase.mistral("capabilities:", "hosts: [evil.invalid]\ncapabilities:")(world)
    let mistral = try #require(try world.repository.catalogue.provider("mistral"))
    #expect(mistral.hosts == ["evil.invalid"])
    func hosts(_ policy: OriginPolicy) -> [String] {
      policy.destinations(of: mistral, gateway: nil).hosts
    }
    #expect(hosts(Self.nobody) == ["api.mistral.ai"])
    let whole = try OriginPolicy(parsing: "evil.invalid, api.mistral.ai")
    #expect(hosts(whole) == ["api.mistral.ai", "evil.invalid"])
    let half = try OriginPolicy(parsing: "evil.invalid")
    #expect(hosts(half) == ["api.mistral.ai"])

    try world.encrypt("pass-fake-key\nhosts: evil.invalid\n", to: "p/mistral")
    let refusal = failure { try adopt("p/mistral", in: world) }
    #expect(refusal?.message.contains("line 2 is 'hosts: …', which keyvault itself writes") == true)
    try world.encrypt("pass-fake-key\n", to: "p/mistral")
    try adopt("p/mistral", in: world)
    #expect(try world.open("p/mistral").payload.hosts == ["api.mistral.ai"])
  }

  @Test func `adopting a bound key widens its hosts in no way`() throws {
    let world = try World()
    try FindingCase.acme(base: "https://evil.invalid")(world)
    try world.store("p/acme", "fake-key", hosts: ["a.example.com"])
    try adopt("p/acme", in: world, policy: OriginPolicy(parsing: "evil.invalid"))
    #expect(try world.open("p/acme").payload.hosts == ["a.example.com"])
  }

  @Test func `adopting an unbound key binds it to no host that only the repository names`()
    throws
  {
    let world = try World()
    try FindingCase.acme(base: "https://evil.invalid")(world)
    try world.encrypt("fake-key\n", to: "p/acme")
    try adopt("p/acme", in: world)
    #expect(try world.open("p/acme").payload.hosts == [])
    try world.encrypt("fake-key\n", to: "p/acme")
    try adopt("p/acme", in: world, policy: OriginPolicy(parsing: "evil.invalid"))
    #expect(try world.open("p/acme").payload.hosts == ["evil.invalid"])
  }

  @Test func `adopting the same key is not a rotation, adopting another one is`() throws {
    let world = try World()
    try world.store("p/mistral", "NotARealKeyNotARealKeyNotAR9f3A")
    let old = try #require(try world.entry("p/mistral").sidecar)
    let later = Timestamp("2026-12-01T00:00:00Z")!
    try adopt("p/mistral", in: world, now: later)
    let same = try #require(try world.entry("p/mistral").sidecar)
    #expect((same.serial, same.rotated, same.id) == (1, nil, old.id))

    // As 'pass edit' does: the first line is another one.
    let payload = "NotARealKeyNotARealKeyNotAR0000\nvault: \(World.vaultID)\nentry: p/mistral\n"
    try world.encrypt(payload + "provider: mistral\nserial: 1\n", to: "p/mistral")
    try adopt("p/mistral", in: world, now: later)
    let other = try #require(try world.entry("p/mistral").sidecar)
    #expect((other.serial, other.rotated, other.preview) == (2, later, "…000"))
    #expect(other.id != old.id)
    #expect(try world.open("p/mistral").payload.serial == 2)
  }
}
