import TestSupport
import Testing

@testable import KeyVault

/// What `validate` says of the keys of recipients, word for word.
@Suite(.fewAtATime)
struct PublicKeyTests {
  private typealias Keys = PublicKeyCase

  /// What is found where that key is a recipient beside Alice.
  private func findings(
    of key: String, _ configuration: String = "", now: Timestamp = World.now
  ) throws -> [Finding] {
    let world = try World(configuration)
    try world.publish(key)
    try world.want([Keys.alice, key])
    return try world.findings(now: now)
  }

  @Test func `a valid key of any kind has no finding`() throws {
    let home = GPGHome()
    let keys = [
      try home.key("rsa", "rsa2048", subkeys: ["rsa2048"]), try home.key("nist", "nistp384"),
    ]
    let world = try World()
    for key in keys { try world.publish(key, from: home) }
    try world.want([Keys.alice, Keys.bob] + keys)
    #expect(try world.findings().map(\.text) == [])
    #expect(try findings(of: Keys.later).map(\.text) == [])
  }

  @Test func `messages name the person, the reason and the next step`() throws {
    let messages = try [Keys.signOnly, Keys.weakRSA, Keys.elGamal, Keys.revokedSubkey].map {
      try findings(of: $0).map(\.message)
    }
    #expect(
      messages == [
        [
          "the key of \(Keys.signOnly) (signonly@example.com) has no subkey for encryption, so "
            + "nothing can be encrypted to it"
        ], ["the key of \(Keys.weakRSA) (weakrsa@example.com) is weak: rsa1024"],
        ["the key of \(Keys.elGamal) (elgamal@example.com) is weak: dsa1024"],
        ["the key of \(Keys.revokedSubkey) (revokedsubkey@example.com) is revoked"],
      ])
  }

  @Test func `an expiry is a warning in good time, by the policy and by the clock given`() throws {
    let expiring = Keys.expiring
    #expect(
      try findings(of: expiring).map(\.message) == [
        "the key of \(expiring) (expiring@example.com) expires on 2026-12-23"
      ])
    #expect(try findings(of: expiring, "policy: {recipient_warn: 29d}\n") == [])
    #expect(try findings(of: expiring, now: Timestamp("2026-11-22")!) == [])
    let after = try findings(of: expiring, now: Timestamp("2026-12-24")!)
    #expect(after.map(\.code) == ["recipient-expired"])
    #expect(after.map(\.severity) == [.warning])
    #expect(after[0].hint?.contains("gpg --quick-set-expire \(expiring)") == true)
  }

  @Test func `a key that no list names may be old, but not secret`() throws {
    let world = try World()
    for key in [Keys.expired, Keys.revoked, Keys.weakRSA] { try world.publish(key) }
    #expect(try world.findings() == [])
    let home = GPGHome()
    let key = try home.key("leaked")
    try world.scratch.write(
      home.gpg(["--armor", "--export-secret-keys", key]), to: "vault/.public-keys/\(key)")
    let finding = try #require(try world.findings().first)
    #expect(finding.code == "secret-key")
    #expect(finding.severity == .error)
    #expect(finding.message.hasPrefix("SECRET KEY"))
  }

  @Test func `the file of another person is named by what it holds`() throws {
    let world = try World()
    try world.scratch.write(Keyring.alice.publicKey, to: "vault/.public-keys/\(Keys.bob)")
    #expect(
      try world.findings().map(\.message) == [
        "it holds key '\(Keys.alice)', not '\(Keys.bob)'"
      ])
  }
}
