import Secrets
import TestSupport
import Testing

@testable import KeyVault

struct PayloadTests {
  private static let bound = """
    fake-key
    vault: 00112233445566778899aabbccddeeff
    entry: production/openai
    provider: openai
    hosts: api.openai.com files.openai.com:8443
    serial: 3
    endpoint: https://x.example.com/a: b
    note:\(" ")

    """

  @Test func `line one is the key, the others are names and values`() throws {
    let payload = try Payload(text: Self.bound)
    #expect(payload.keyText == "fake-key")
    #expect(payload.isBound)
    #expect(payload.vault == "00112233445566778899aabbccddeeff")
    #expect(payload.entry == "production/openai")
    #expect(payload.provider == "openai")
    #expect(payload.hosts == ["api.openai.com", "files.openai.com:8443"])
    #expect(payload.serial == 3)
    #expect(payload.fieldNames == ["endpoint", "note"])
    #expect(payload.withField("endpoint") { $0.text } == "https://x.example.com/a: b")
    #expect(payload.withField("note") { $0.text } == "")
    #expect(payload.withField("none") { $0.text } == nil)
  }

  @Test(arguments: ["fake-key", "fake-key\n", "fake-key\n\n\n", ""])
  func `what pass makes is a key alone`(text: String) throws {
    let payload = try Payload(text: text)
    #expect(payload.keyText == text.prefix { $0 != "\n" })
    #expect(!payload.isBound)
    #expect(payload.fieldNames.isEmpty)
  }

  @Test func `an unbound payload may hold any text after the key`() throws {
    let payload = try Payload(
      text: "fake-key\nlogin alice\nurl: https://example.com\nurl: again\nserial: x\n--\n: y\n")
    #expect(!payload.isBound)
    #expect(payload.keyText == "fake-key")
    #expect(payload.withField("url") { $0.text } == "https://example.com")
  }

  static let badSerial = "'serial' is missing or invalid: expected a number from 1 to 1e9"

  @Test(arguments: [
    ("serial: 3\n", "", PayloadTests.badSerial),
    ("serial: 3", "serial: 0", PayloadTests.badSerial),
    ("serial: 3", "serial: -1", PayloadTests.badSerial),
    ("serial: 3", "serial: 1000000001", PayloadTests.badSerial),
    ("serial: 3", "serial: 99999999999999999999", PayloadTests.badSerial),
    ("serial: 3", "serial: 3.0", PayloadTests.badSerial),
    ("serial: 3", "serial: three", PayloadTests.badSerial),
    ("serial: 3", "serial: 3\nserial: 4", "line 7 says 'serial' again"),
    ("serial: 3", "serial: 3\nhosts: evil.example.com", "line 7 says 'hosts' again"),
    ("serial: 3", "serial: 3\nfree text", "line 7 is not 'name: value'"),
    ("serial: 3", "serial:3", "line 6 is not 'name: value'"),
    ("serial: 3", "serial: 3\n: x", "line 7 is not 'name: value'"),
    ("serial: 3", "serial: 3\n a: x", "line 7 is not 'name: value'"),
    ("serial: 3", "serial: 3\nä: x", "line 7 is not 'name: value'"),
    ("serial: 3", "serial: 3\na b: x", "line 7 is not 'name: value'"),
  ])
  func `a bound payload keeps to the grammar`(old: String, new: String, fault: String) throws {
    let text = Self.bound.replacing(old, with: new)
    let refusal = try #require(failure { _ = try Payload(text: text) })
    #expect(refusal == Failure(.malformed, "inside the encryption, \(fault)"))
  }

  @Test(arguments: [1, 1_000_000_000])
  func `a serial goes up to a billion`(serial: Int) throws {
    let text = Self.bound.replacing("serial: 3", with: "serial: \(serial)")
    #expect(try Payload(text: text).serial == serial)
  }

  @Test func `a new key is written in the grammar that is read`() throws {
    let predecessor = try Payload(text: Self.bound)
    let new = NewKey(
      entry: try EntryName("staging/openai"), provider: "openai", key: Secret(utf8: "new-fake-key"),
      fields: [("endpoint", "other"), ("extra", "")], keeping: predecessor,
      hosts: ["api.openai.com"], serial: 4)
    #expect(
      new.payload(vault: "00112233445566778899aabbccddeeff").text == """
        new-fake-key
        vault: 00112233445566778899aabbccddeeff
        entry: staging/openai
        provider: openai
        hosts: api.openai.com
        serial: 4
        endpoint: other
        extra:\(" ")
        note:\(" ")

        """)
    #expect(
      try Payload(new.payload(vault: "00112233445566778899aabbccddeeff")).fieldNames == [
        "endpoint", "extra", "note",
      ])
  }
}

/// What binds a ciphertext to its place, with real files.
@Suite(.fewAtATime)
struct BindingTests {
  private func world() throws -> World {
    let world = try World()
    try world.store("production/openai", "sk-proj-NotARealKeyNotARealKey")
    return world
  }

  @Test func `an entry opens where it was made`() throws {
    let world = try world()
    let opened = try world.open("production/openai")
    #expect(opened.payload.keyText == "sk-proj-NotARealKeyNotARealKey")
    #expect(opened.provider == "openai")
    #expect(opened.digest == opened.sidecar?.digest)
    #expect(world.repositoryVault.origin(of: opened) == nil)
  }

  @Test(arguments: ["staging/openai", "production/mistral", "openai"])
  func `a file that was moved or copied does not open`(place: String) throws {
    let world = try world()
    try world.write("", to: "vault/staging/.keep")
    for suffix in [".gpg", ".yaml"] {
      try world.scratch.copy("vault/production/openai" + suffix, to: "vault/\(place)" + suffix)
    }
    let refusal = try #require(failure { _ = try world.open(place) })
    #expect(refusal.kind == .malformed)
    #expect(
      refusal.message
        == "'\(place)' holds the key of 'production/openai': its file was moved or copied")
    let anywhere = try world.repositoryVault.open(
      world.entry(place), requiring: .anywhere, with: Keyring.alice.gpg)
    #expect(world.repositoryVault.origin(of: anywhere) == "production/openai")
  }

  @Test func `a file of another repository does not open`() throws {
    let world = try world()
    try world.encrypt(
      "fake-key\nvault: ffff\nentry: production/other\nprovider: other\nserial: 1\n",
      to: "production/other")
    let refusal = try #require(failure { _ = try world.open("production/other") })
    #expect(refusal.message == "'production/other' was encrypted for another repository")
    #expect(
      try world.repositoryVault.origin(
        of: world.repositoryVault.open(
          world.entry("production/other"), requiring: .anywhere, with: Keyring.alice.gpg))
        == "production/other")
  }

  @Test func `a key of another provider does not open`() throws {
    let world = try world()
    try world.store("production/mistral", "fake-key", provider: "mistral")
    let sidecar = try world.scratch.text("vault/production/mistral.yaml")
    try world.write(sidecar + "provider: openai\n", to: "vault/production/mistral.yaml")
    let refusal = try #require(failure { _ = try world.open("production/mistral") })
    #expect(
      refusal.message
        == "'production/mistral' is a key of 'mistral', but its sidecar or name says 'openai'")
  }

  @Test func `what pass made opens for reading, and for sending only where policy allows it`()
    throws
  {
    let world = try world()
    try world.encrypt("pass-fake-key\nlogin: alice\n", to: "production/mistral")
    let entry = try world.entry("production/mistral")
    #expect(try world.open("production/mistral").payload.keyText == "pass-fake-key")
    let refusal = try #require(
      failure {
        _ = try world.repositoryVault.open(entry, requiring: .signed, with: Keyring.alice.gpg)
      })
    #expect(refusal.kind == .malformed)
    #expect(
      refusal.hints == [
        "run 'keyvault adopt production/mistral' once you know that it is the right key"
      ])
    try world.configure("policy: {unbound: allow}\n")
    #expect(
      try world.repositoryVault.open(entry, requiring: .signed, with: Keyring.alice.gpg).provider
        == "mistral")
  }

  @Test func `adopting binds the same key here`() throws {
    let world = try world()
    try world.encrypt("pass-fake-key\nendpoint: https://e.example.com\n", to: "production/mistral")
    let opened = try world.open("production/mistral")
    let mistral = try #require(BuiltIn.provider("mistral"))
    try world.repositoryVault.store(
      opened.rebound(to: mistral, hosts: ["api.mistral.ai"], preview: 4, after: 0),
      about: .init(),
      program: Keyring.gpgProgram, now: World.now)
    let bound = try world.open("production/mistral").payload
    #expect(bound.isBound)
    #expect(bound.keyText == "pass-fake-key")
    #expect(bound.serial == 1)
    #expect(bound.hosts == ["api.mistral.ai"])
    #expect(bound.withField("endpoint") { $0.text } == "https://e.example.com")
  }
}

extension World {
  var repositoryVault: Vault { try! repository.vault }
}
