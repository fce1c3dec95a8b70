import Foundation
import GPG
import TestSupport
import Testing

@testable import KeyVault

/// What a person could read, from git history, with real gpg and git.
@Suite(.fewAtATime)
struct DebtTests {
  /// A repository of Alice and Bob in a git work tree, with one key that both can read.
  private func world() throws -> World {
    let world = try World(recipients: [.alice, .bob])
    try git(world, ["init", "-q"])
    try world.store("p/openai", "sk-proj-NotARealKeyNotARealKey")
    try commit(world)
    return world
  }

  @discardableResult
  private func git(_ world: World, _ arguments: [String]) throws -> String {
    let identity = ["-c", "user.name=Alice", "-c", "user.email=alice@example.com"]
    let result = try run(["/usr/bin/git", "-C", world.scratch.folder] + identity + arguments)
    try #require(result.status == 0, "\(result.errors)")
    return result.text
  }

  private func commit(_ world: World) throws {
    try git(world, ["add", "-A"])
    try git(world, ["commit", "-q", "-m", "x"])
  }

  private func removeBob(_ world: World) throws {
    try world.write(Keyring.alice.fingerprint + "\n", to: "vault/.gpg-id")
  }

  private func debt(_ world: World, of keyring: Keyring = .bob) throws -> Debt {
    try Debt(of: keyring.fingerprint, in: world.repository, program: Keyring.gpgProgram)
  }

  /// Re-encrypts the same key to the current list.
  private func reencrypt(_ world: World, _ name: String) throws {
    let opened = try world.open(name)
    try world.repositoryVault.store(
      opened.changed(fields: []), about: .init(), program: Keyring.gpgProgram, now: World.now)
  }

  @Test func `a key that was re-encrypted is still known to a former reader`() throws {
    let world = try world()
    try removeBob(world)
    try reencrypt(world, "p/openai")
    try commit(world)
    let debt = try debt(world)
    #expect(debt.isComplete)
    #expect(debt.keys.map(\.entry) == ["p/openai"] && debt.keys[0].reason == .named)
    #expect(debt.keys[0].commit?.count == 40)
  }

  /// What a person may set for `git log`: each hid commits or their ids from who reads its output.
  static let settings = [
    ["log.showSignature", "true"], ["log.diffMerges", "off"],
  ]

  @Test(arguments: settings) func `the setting of a person hides nothing`(
    _ setting: [String]
  ) throws {
    let world = try world()
    let alice = Keyring.alice
    let program = world.scratch.path("signing")
    try world.write(
      "#!/bin/sh\nGNUPGHOME=\(alice.home) exec \(Keyring.program) \"$@\"\n", to: "signing")
    chmod(program, 0o755)
    try git(world, ["config", "gpg.program", program])
    try git(world, ["config", "user.signingkey", alice.fingerprint])
    // What Bob could read only signed commits tell, and of one key only a merge.
    try git(world, ["config", "commit.gpgsign", "true"])
    try git(world, ["commit", "-q", "--amend", "-m", "x"])
    try git(world, ["checkout", "-q", "-b", "side"])
    try git(world, ["commit", "-q", "--allow-empty", "-m", "x"])
    try git(world, ["checkout", "-q", "-"])
    try git(world, ["merge", "-q", "--no-ff", "--no-commit", "side"])
    try world.store("p/mistral", "NotARealKeyNotARealKeyNotARealKe")
    try commit(world)
    try removeBob(world)
    for name in ["p/openai", "p/mistral"] { try reencrypt(world, name) }
    try commit(world)
    try git(world, ["config"] + setting)
    #expect(try debt(world).keys.map(\.entry) == ["p/mistral", "p/openai"])
  }

  @Test func `names with line breaks in history hide nothing`() throws {
    let world = try world()
    try world.scratch.write(
      [1], to: "vault/p/" + String(repeating: "\n", count: 60) + "x.gpg")
    try world.scratch.write(
      [1], to: "vault/.public-keys/" + String(repeating: "\n", count: 60) + "x")
    try commit(world)
    try git(world, ["rm", "-q", "-r", "vault"])
    try git(world, ["commit", "-q", "-m", "x"])
    try git(world, ["checkout", "-q", "HEAD~2", "--", "vault"])
    try removeBob(world)
    try reencrypt(world, "p/openai")
    try commit(world)
    #expect(try debt(world).keys.map(\.entry) == ["p/openai"])
  }

  @Test func `a new key ends the exposure, and another person's key never was exposed`() throws {
    let world = try world()
    try removeBob(world)
    try world.store("p/openai", "sk-proj-AnotherFakeKeyAnotherFake", serial: 2)
    try world.store("p/mistral", "NotARealKeyNotARealKeyNotARealKe")
    try commit(world)
    #expect(try debt(world).keys == [])
    #expect(try debt(world, of: .alice).keys.map(\.entry) == ["p/mistral", "p/openai"])
  }

  @Test func `an unmerged branch counts`() throws {
    let world = try world()
    try git(world, ["checkout", "-q", "-b", "side"])
    try world.store("p/mistral", "NotARealKeyNotARealKeyNotARealKe")
    try commit(world)
    let sidecar = try world.scratch.bytes("vault/p/mistral.yaml")
    try git(world, ["checkout", "-q", "-"])
    try removeBob(world)
    // The same key, as its lineage says, in a commit of its own.
    try world.scratch.write(sidecar, to: "vault/p/mistral.yaml")
    try world.encrypt("NotARealKeyNotARealKeyNotARealKe", to: "p/mistral")
    try commit(world)
    #expect(try debt(world).keys.map(\.entry) == ["p/mistral", "p/openai"])
  }

  @Test func `a ciphertext for an unknown key counts as anyone's`() throws {
    let world = try world()
    try removeBob(world)
    try world.store("p/openai", "sk-proj-AnotherFakeKeyAnotherFake", serial: 2)
    try world.scratch.remove("vault/.public-keys/\(Keyring.alice.fingerprint)")
    try commit(world)
    // History has her file, so her ids are not a stranger's.
    #expect(try debt(world).keys == [])
    var ciphertext = try world.scratch.bytes("vault/p/openai.gpg")
    // The key id of the first session key packet: two bytes of head and the version stand before it.
    ciphertext.replaceSubrange(3..<11, with: [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(try Message(ciphertext).recipients == [0x0102_0304_0506_0708])
    try world.scratch.write(ciphertext, to: "vault/p/openai.gpg")
    try commit(world)
    #expect(try debt(world).keys.map(\.reason) == [.unmapped])
  }

  @Test func `what pass made has no lineage until it is adopted`() throws {
    let world = try world()
    try world.encrypt(Array("NotARealKeyNotARealKey".utf8), to: "p/mistral", for: .bob)
    try commit(world)
    try removeBob(world)
    try world.store("p/mistral", "NotARealKeyNotARealKeyNotARealKe")
    try commit(world)
    let debt = try debt(world)
    #expect(debt.keys.map(\.entry) == ["p/mistral", "p/openai"])
    #expect(debt.keys.map(\.reason) == [.lineage, .named])
  }

  @Test func `a plaintext key was everyone's`() throws {
    let world = try world()
    try removeBob(world)
    try world.store("p/openai", "sk-proj-ThirdFakeKeyThirdFakeKey", serial: 2)
    try world.store("q/openai", "sk-proj-AnotherFakeKeyAnotherFake")
    let ciphertext = try world.scratch.bytes("vault/q/openai.gpg")
    try world.write("plain", to: "vault/q/openai.gpg")
    try commit(world)
    try world.scratch.write(ciphertext, to: "vault/q/openai.gpg")
    try commit(world)
    let debt = try debt(world)
    #expect(debt.keys.map(\.entry) == ["q/openai"] && debt.keys[0].reason == .unreadable)
  }

  @Test func `a history of 10,000 commits takes seconds`() throws {
    let world = try world()
    let ciphertext = try world.scratch.bytes("vault/p/openai.gpg")
    // Each commit changes one of a hundred entries; its lineage ends with it.
    var stream: [UInt8] = []
    func add(_ text: String) { stream += Array(text.utf8) }
    for number in 0..<10_000 {
      let sidecar = "id: e\(number)\n"
      add("commit refs/heads/long\ncommitter A <a@example.com> \(1_700_000_000 + number) +0000\n")
      add("data 1\nx\n")
      add("M 100644 inline vault/p/e\(number % 100).yaml\ndata \(sidecar.utf8.count)\n\(sidecar)\n")
      var bytes = ciphertext
      bytes[bytes.count - 1] ^= UInt8(truncatingIfNeeded: number)
      add("M 100644 inline vault/p/e\(number % 100).gpg\ndata \(bytes.count)\n")
      stream += bytes
      add("\n")
    }
    let imported = try run(
      ["/usr/bin/git", "-C", world.scratch.folder, "fast-import", "--quiet"], input: stream)
    try #require(imported.status == 0, "\(imported.errors)")
    let start = ContinuousClock.now
    let debt = try debt(world)
    let time = ContinuousClock.now - start
    print("the debt of 10,000 commits takes \(time)")
    #expect(debt.keys.map(\.entry) == ["p/openai"])
    #expect(time < .seconds(60), "a process for each commit takes minutes")
  }

  @Test func `a shallow clone proves nothing`() throws {
    let world = try world()
    try world.write("# a change\n", to: "vault/p/note.yaml")
    try commit(world)
    let clone = world.scratch.path("clone")
    _ = try run([
      "/usr/bin/git", "clone", "-q", "--depth", "1", "file://" + world.scratch.folder, clone,
    ])
    let debt = try Debt(
      of: Keyring.bob.fingerprint, in: Repository(at: clone), program: Keyring.gpgProgram)
    #expect(!debt.isComplete)
  }

  @Test func `a person whose key was never here is reported`() throws {
    let world = try world()
    let refused = failure {
      _ = try Debt(
        of: String(repeating: "A", count: 40), in: world.repository, program: Keyring.gpgProgram)
    }
    #expect(refused?.kind == .notFound)
  }

  @Test func `without git there is nothing to look at`() throws {
    let world = try World()
    let refused = failure { _ = try debt(world) }
    #expect(refused?.kind == .notFound)
  }
}
