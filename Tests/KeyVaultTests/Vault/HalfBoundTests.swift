import TestSupport
import Testing

@testable import KeyVault

/// Half-bound payloads, which neither keyvault nor `pass` writes, are forgeries.
struct HalfBoundTests {
  private static let lines = [
    "vault: 00112233445566778899aabbccddeeff", "entry: production/openai", "provider: openai",
    "serial: 3",
  ]

  /// Every choice of lines that names a place and is not whole.
  private static let choices = (1..<15).map { choice in
    lines.indices.filter { choice >> $0 & 1 == 1 }.map { lines[$0] }
  }

  @Test(arguments: choices.filter { $0.contains(lines[0]) })
  func `a payload that names a vault must say all of its place`(lines: [String]) throws {
    let text = "fake-key\n" + lines.map { $0 + "\n" }.joined()
    let refusal = try #require(failure { _ = try Payload(text: text) })
    #expect(refusal.kind == .malformed)
    let missing = Self.lines.first { !lines.contains($0) }!.prefix { $0 != ":" }
    #expect(refusal.message.hasPrefix("inside the encryption, '\(missing)' is "), "\(refusal)")
  }

  @Test(arguments: choices.filter { !$0.contains(lines[0]) } + [["vault: Personal", "entry: 7"]])
  func `lines of another program bind nothing, whatever their names are`(lines: [String]) throws {
    let payload = try Payload(text: "fake-key\n" + lines.map { $0 + "\n" }.joined())
    #expect(!payload.isBound && payload.hosts.isEmpty)
    #expect(payload.vault == nil && payload.entry == nil && payload.serial == nil)
  }

  @Test(arguments: ["", "provider: openai\n", "provider: openai\nserial: 3\n"])
  func `an unbound payload lets its key travel nowhere`(more: String) throws {
    let payload = try Payload(text: "fake-key\n\(more)hosts: evil.example.com\n")
    #expect(!payload.isBound)
    #expect(payload.hosts.isEmpty)
  }

  @Test func `an empty place is a place, and not this entry's`() throws {
    let payload = try Payload(text: "fake-key\nvault: \nentry: \nprovider: openai\nserial: 1\n")
    #expect(payload.isBound)
    #expect(payload.vault == "" && payload.entry == "")
  }
}

/// Half-bound payloads in a vault, where a policy may even allow unbound ones.
@Suite(.fewAtATime)
struct UnboundTests {
  @Test func `of an unbound payload too the provider's line must match`() throws {
    let world = try World("policy: {unbound: allow}\n")
    try world.encrypt("fake-key\nprovider: openai\n", to: "production/mistral")
    let entry = try world.entry("production/mistral")
    let message =
      "'production/mistral' is a key of 'openai', but its sidecar or name says 'mistral'"
    #expect(failure { _ = try world.open("production/mistral") }?.message == message)
    #expect(
      failure {
        _ = try world.repositoryVault.open(entry, requiring: .signed, with: Keyring.alice.gpg)
      }?.message
        == message)
    try world.encrypt("fake-key\nprovider: mistral\n", to: "production/mistral")
    #expect(try world.open("production/mistral").provider == "mistral")
  }

  @Test func `a half-bound payload does not open, whatever the policy`() throws {
    let world = try World("policy: {unbound: allow}\n")
    let lines = "vault: \(World.vaultID)\nentry: production/mistral\n"
    try world.encrypt("fake-key\n\(lines)", to: "production/mistral")
    let refusal = try #require(failure { _ = try world.open("production/mistral") })
    #expect(
      refusal.message
        == "vault/production/mistral.gpg: inside the encryption, 'provider' is missing")
  }

  @Test func `hosts that an unbound payload names get no key`() async throws {
    let host = "unbound-host.example.com"
    let world = try World("policy: {unbound: allow}\n")
    try FindingCase.acme(base: "https://\(host)")(world)
    let text = try world.scratch.text("providers.d/acme.yaml")
    let probe = "probe: {request: GET /x, rules: [{status: 401, verdict: invalid}]}"
    try world.write(text.replacing("probe: none", with: probe), to: "providers.d/acme.yaml")
    try world.encrypt("fake-key\nhosts: \(host)\n", to: "production/acme")
    let refused = try #require(try await world.test().first)
    #expect(refused.verdict == .misconfigured)
    #expect(
      refused.note?.contains(
        "is not a host that this key may be sent "
          + "to") == true, "\(refused)")
    #expect(Trap.shared.connections(to: host) == 0)
  }
}
