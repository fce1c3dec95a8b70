import Foundation
import GPG
import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// Whether old keys are dead: real git and gpg, a stand-in for the provider.
@Suite(.oneAtATime)
struct RetirementTests {
  private static func key(_ number: Int) -> String { "sk-proj-NotARealKeyNotARealKey000\(number)" }
  private static let answers = [
    "openai/valid": #"{"body": {"object": "list", "data": []}}"#,
    "openai/invalid": #"{"status": 401, "body": {"error": {"code": "invalid_api_key"}}}"#,
    "openai/no_credit": #"{"status": 429, "body": {"error": {"code": "insufficient_quota"}}}"#,
    "openai/unclear": #"{"status": 500, "body": {}}"#,
  ]

  /// A stand-in that knows these keys of OpenAI, by number.
  private func stub(_ verdicts: [Int: String]) throws -> Stub {
    let keys = verdicts.map { (Self.key($0.key), $0.value) }
    return try Stub(
      Self.answers, keys: ["openai": Dictionary(uniqueKeysWithValues: keys)])
  }

  /// `p/openai` with the keys 1 to `count`, each committed.
  private func world(_ count: Int, _ stub: Stub) throws -> World {
    let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
    try world.git("init", "-q")
    for serial in 1...count {
      try world.store("p/openai", Self.key(serial), serial: serial)
      try world.commit()
    }
    return world
  }

  private func retirement(
    _ world: World, _ name: String = "p/openai", policy: OriginPolicy? = nil
  ) async throws -> Retirement {
    let repository = try world.repository
    var options = Prober.Options()
    options.patience = Patience(retries: 0)
    let prober = Prober(
      client: try .forTests(), catalogue: repository.catalogue,
      policy: try policy ?? .standIns(of: repository), options: options)
    return try await Retirement(
      of: world.entry(name), opened: world.open(name), in: repository, gpg: Keyring.alice.gpg,
      prober: prober, now: World.now)
  }

  private func outcomes(_ retirement: Retirement) -> [String] {
    retirement.keys.map { "\($0.serial ?? 0) \($0.outcome.rawValue)" }
  }

  @Test func `each old key is asked about, and only one that is rejected is proven dead`()
    async throws
  {
    let stub = try stub([1: "invalid", 2: "unclear", 3: "no_credit", 4: "valid", 5: "valid"])
    let world = try world(5, stub)
    let found = try await retirement(world)
    #expect(outcomes(found) == ["4 alive", "3 alive", "2 unproven", "1 proven"])
    #expect(found.isComplete)
    #expect(found.keys[3].evidence.contains("error.code=invalid_api_key"))
    #expect(!found.keys.contains { $0.evidence.contains("NotARealKey") })
    let written = try world.repositoryVault.record(
      found, of: world.entry("p/openai"), now: World.now)
    #expect(written == ["vault/p/openai.yaml"])
    let retired = try #require(try world.entry("p/openai").sidecar?.retired)
    #expect(retired.map(\.serial) == [1, 2, 3, 4])
    #expect(retired.map { $0.proven?.day } == ["2026-11-23", nil, nil, nil])
    #expect(try world.findings().map(\.code) == ["needs-permission"])
  }

  @Test func `the day on which it was first known stays, and a key that lives again does not`()
    async throws
  {
    let first = try stub([1: "invalid", 2: "valid"])
    let dead = try world(2, first)
    _ = try dead.repositoryVault.record(
      try await retirement(dead), of: dead.entry("p/openai"), now: World.now)
    let later = World.now.adding(days: 3)
    #expect(
      try dead.repositoryVault.record(
        try await retirement(dead), of: dead.entry("p/openai"), now: later) == [])
    #expect(
      try dead.entry("p/openai").sidecar?.retired.map { $0.proven?.day } == ["2026-11-23"])
    #expect(first.requests.count == 4)
    let second = try stub([1: "valid", 2: "valid"])
    try dead.configure("environments: {p: {gateway: \"\(second.gateway)\"}}\n")
    _ = try dead.repositoryVault.record(
      try await retirement(dead), of: dead.entry("p/openai"), now: later)
    #expect(try dead.entry("p/openai").sidecar?.retired.map(\.proven) == [nil])
  }

  @Test func `what was proved is signed by its writer`() async throws {
    let stub = try stub([1: "invalid", 2: "valid"])
    let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
    try world.sign()
    try world.signRecipients()
    try world.git("init", "-q")
    for serial in 1...2 {
      try world.store("p/openai", Self.key(serial), serial: serial)
      try world.commit()
    }
    let found = try await retirement(world)
    _ = try world.repositoryVault.record(found, of: world.entry("p/openai"), now: World.now)
    #expect(try world.entry("p/openai").sidecar?.retired.first?.proven != nil)
    #expect(world.refusal("p/openai") == nil)
    try world.edit("p/openai", "2026-11-23}", "2026-11-24}")
    #expect(world.refusal("p/openai") != nil)
  }

  @Test func `where the present key is rejected too, nothing is proven`() async throws {
    let stub = try stub([1: "invalid", 2: "invalid"])
    let found = try await retirement(world(2, stub))
    #expect(outcomes(found) == ["1 unproven"])
    #expect(found.keys[0].evidence.hasSuffix("so that proves nothing"))
  }

  @Test func `an old key that is the present one was never changed`() async throws {
    let stub = try stub([1: "invalid", 2: "valid"])
    let world = try world(2, stub)
    try world.store("p/openai", Self.key(1), serial: 3)
    let found = try await retirement(world)
    #expect(outcomes(found) == ["2 alive", "1 alive"])
    #expect(found.keys[1].evidence == "it is the current key, which has never been rotated")
  }

  @Test func `a re-encrypted key is one key, and not an old one`() async throws {
    let stub = try stub([1: "invalid", 2: "valid"])
    let world = try world(1, stub)
    for serial in [1, 2] {
      if serial == 2 { try world.store("p/openai", Self.key(2), serial: 2) }
      for _ in 0..<2 {
        let opened = try world.open("p/openai")
        try world.repositoryVault.store(
          opened.changed(fields: []), about: .init(), program: Keyring.gpgProgram, now: World.now)
        try world.commit()
      }
    }
    #expect(outcomes(try await retirement(world)) == ["1 proven"])
  }

  @Test func `a key that took another's place under its id is distinguished from it`() async throws
  {
    let stub = try stub([1: "invalid", 2: "valid"])
    let world = try world(1, stub)
    let new = NewKey(
      entry: try EntryName("p/openai"), provider: "openai", key: Secret(utf8: Self.key(2)),
      hosts: [], serial: 2, isOtherKey: false)
    try world.repositoryVault.store(
      new, about: .init(), program: Keyring.gpgProgram, now: World.now)
    #expect(outcomes(try await retirement(world)) == ["1 proven"])
  }

  @Test func `an entry that was moved takes its past along, one that was copied is in use`()
    async throws
  {
    let stub = try stub([1: "invalid", 2: "valid", 3: "valid"])
    let world = try world(2, stub)
    try world.configure("environments: {q: {gateway: \"\(stub.gateway)\"}}\n")
    let (old, new) = (try EntryName("p/openai"), try EntryName("q/openai"))
    try world.repositoryVault.store(
      world.open("p/openai").moved(to: new, after: 0), about: .init(), from: old,
      program: Keyring.gpgProgram, now: World.now)
    try world.repositoryVault.remove(old)
    try world.commit()
    #expect(outcomes(try await retirement(world, "q/openai")) == ["1 proven"])
    try world.repositoryVault.store(
      world.open("q/openai").moved(to: old, after: 0), about: .init(), from: new,
      program: Keyring.gpgProgram, now: World.now)
    try world.store("q/openai", Self.key(3), serial: 3)
    try world.commit()
    let found = try await retirement(world, "q/openai")
    #expect(found.keys[0].evidence == "it is the key of 'p/openai' now")
    #expect(outcomes(found).first == "2 alive")
  }

  @Test func `what cannot be opened, or belongs elsewhere, is sent nowhere`() async throws {
    let stub = try stub([1: "invalid", 4: "valid"])
    let world = try world(1, stub)
    let sidecar = try world.scratch.text("vault/p/openai.yaml")
    let payload =
      "\(Self.key(1))\nvault: \(World.vaultID)\nentry: p/openai\nprovider: openai\nserial: 3\n"
    for (serial, payload, keyring) in [
      (1, payload, Keyring.bob), (2, Self.key(1) + "\n", .alice),
      (3, payload.replacing("p/openai", with: "q/openai"), .alice),
    ] {
      try world.encrypt(Array(payload.utf8), to: "p/openai", for: keyring)
      try world.write(
        sidecar.replacing("\nid: ", with: "\nid: \(serial)").replacing(
          "serial: 1", with: "serial: \(serial)"), to: "vault/p/openai.yaml")
      try world.commit()
    }
    try world.store("p/openai", Self.key(4), serial: 4)
    try world.commit()
    let before = stub.requests.count
    let found = try await retirement(world)
    #expect(outcomes(found).prefix(3) == ["3 unproven", "2 unproven", "1 unproven"])
    #expect(found.keys[0].evidence.contains("moved or copied"))
    // The first ciphertext of serial 1 is valid: one for it, and one for the present key.
    #expect(outcomes(found).last == "1 proven")
    #expect(stub.requests.count - before == 2)
    #expect(found.serials.allSatisfy { !$0.isProven })
  }

  @Test func `an old key goes only where it may travel`() async throws {
    let connections = Trap.shared.connections
    let stub = try stub([:])
    let world = try world(2, stub)
    try world.configure("environments: {p: {gateway: \"https://evil.example.com\"}}\n")
    let found = try await retirement(world)
    #expect(outcomes(found) == ["1 unproven"])
    #expect(found.keys[0].evidence.contains("nothing was sent"))
    #expect(Trap.shared.connections == connections && stub.requests.isEmpty)
  }

  @Test func `what was exposed is unproven from the day it is rotated, also without a ciphertext`()
    async throws
  {
    let stub = try stub([:])
    let world = try world(1, stub)
    let text = try world.scratch.text("vault/p/openai.yaml")
    try world.write(
      text + "exposed: {to: \"\(Keyring.bob.fingerprint)\", since: 2026-11-20}\n",
      to: "vault/p/openai.yaml")
    try world.store("p/openai", Self.key(2), serial: 2)
    let sidecar = try #require(try world.entry("p/openai").sidecar)
    #expect(sidecar.exposed == nil)
    #expect(sidecar.retired == [.init(serial: 1, proven: nil)])
    try world.scratch.remove(".git")
    try world.git("init", "-q")
    try world.commit()
    let found = try await retirement(world)
    #expect(outcomes(found) == ["1 unproven"])
    #expect(found.keys[0].commit == nil)
  }
}
