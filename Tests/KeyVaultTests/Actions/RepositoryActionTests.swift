import GPG
import TestSupport
import Testing

@testable import KeyVault

/// Repositories: made, checked, committed to, and merged, without a command line.
@Suite(.oneAtATime)
struct RepositoryActionTests {
  private static let alice = Keyring.alice.fingerprint

  /// As a front end opens it.
  private func workspace(
    at folder: Scratch, _ listener: Listener = Listener()
  ) throws(Failure) -> Workspace {
    try World.host().workspace(
      at: folder.folder,
      with: Host.Permissions(
        trust: .none,
        origins: { () throws(Failure) in throw Failure(.usage, "nothing is sent here") }),
      for: listener)
  }

  private func initialize(
    _ folder: Scratch, _ readers: [String] = [], on host: Host = World.host(),
    _ listener: Listener = Listener()
  ) throws -> InitRepository.Outcome {
    try InitRepository(readers: readers).run(at: folder.folder, on: host, for: listener) {
      () throws(Failure) in try workspace(at: folder)
    }
  }

  @Test func `a folder becomes a repository for the user's only key, and only once`() throws {
    let folder = Scratch()
    let outcome = try initialize(folder)
    #expect(outcome.readers == ["Alice <alice@example.com>"] && !outcome.isTakenOver)
    #expect(outcome.written.last == "keyvault.yaml" && outcome.kept.isEmpty)
    #expect(try folder.text("vault/.gpg-id") == Self.alice + "\n")
    #expect(try workspace(at: folder).vault.entries().isEmpty)
    #expect(failure { _ = try initialize(folder) }?.kind == .cannotWrite)
  }

  @Test func `of several own keys one is chosen, and nothing is written without a choice`() throws {
    let home = GPGHome()
    let keys = try ["one", "two"].map { try home.key($0) }
    let gpg = GPG(program: Keyring.program, home: home.path)
    let host = Host(
      stateHome: nil, remembers: false, gpg: { gpg }, program: { _ in Keyring.gpgProgram },
      now: { World.now })
    let folder = Scratch()
    let silent = Listener()
    let refusal = failure { _ = try initialize(folder, on: host, silent) }
    #expect(refusal?.kind == .usage && refusal?.hints.count == 2)
    #expect(silent.offered.first?.count == 2)
    #expect(try folder.names(in: "").isEmpty)
    #expect(failure { _ = try initialize(folder, ["alice"], on: host) }?.kind == .usage)
    #expect(failure { _ = try initialize(folder, [Self.alice], on: host) }?.kind == .notFound)
    #expect(try folder.names(in: "").isEmpty)

    let chooser = Listener(choosing: 1)
    let outcome = try initialize(folder, on: host, chooser)
    guard case .ownKey(let lines)? = chooser.offered.first else {
      Issue.record("no key was offered")
      return
    }
    let chosen = try #require(keys.first { lines[1].hasPrefix($0) })
    #expect(try folder.text("vault/.gpg-id") == chosen + "\n")
    #expect(outcome.readers.count == 1)
  }

  @Test func `a password-store keeps its readers, and what they lack is reported`() throws {
    let folder = Scratch()
    let unknown = String(repeating: "A", count: 40)
    try folder.write("\(Self.alice)\n\(unknown)\n", to: "vault/.gpg-id")
    try folder.write("alice@example.com\n", to: "vault/old/.gpg-id")
    let bob = Keyring.bob.fingerprint
    #expect(failure { _ = try initialize(folder, [bob]) }?.kind == .usage)
    #expect(try folder.names(in: "") == ["vault"])
    let outcome = try initialize(folder, [Self.alice])
    #expect(outcome.isTakenOver && outcome.hasFaultyList)
    #expect(outcome.faults.map(\.code) == [.noPublicKey, .faultyList])
    #expect(outcome.written.contains("vault/.public-keys/\(Self.alice)"))
    #expect(outcome.kept == ["vault/.gpg-id"])
    #expect(try folder.text("vault/.gpg-id") == "\(Self.alice)\n\(unknown)\n")
  }

  @Test func `a setup is checked with a repository and without one`() throws {
    let world = try World()
    try world.write(".keyvault/\n", to: ".gitignore")
    try world.store("p/openai", FindingCase.key)
    let home = Scratch()
    func checks(in world: World) throws -> [CheckSetup.Check] {
      let workspace = try world.workspace(state: home.path("state"))
      return CheckSetup(of: world.scratch.folder, searchPath: "/usr/bin:/bin")
        .run(on: workspace.host) { () throws(Failure) in workspace }
    }
    func status(_ name: String, _ checks: [CheckSetup.Check]) -> CheckSetup.Status? {
      checks.first { $0.name == name }?.outcome
    }
    let good = try checks(in: world)
    let names = ["gpg", "secret keys", "libcurl", "git", "repository", "validate", "local state"]
    #expect(good.map(\.name) == names)
    #expect(good.allSatisfy { $0.outcome == .ok }, "\(good)")

    try world.commit()
    try world.write(".keyvault/\n*.yaml\n", to: ".gitignore")
    try world.store("p/groq", "gsk_NotARealKeyNotARealKeyNotARealKey")
    try world.write("version: 3\n", to: "vault/p/openai.yaml")
    let bad = try checks(in: world)
    #expect(status("ignored", bad) == .failed && status("validate", bad) == .failed)

    let none = CheckSetup(of: "/tmp", searchPath: "/usr/bin:/bin").run(on: World.host()) {
      () throws(Failure) in throw Failure(.notFound, "no keyvault.yaml")
    }
    #expect(status("repository", none) == .warning && status("validate", none) == nil)
  }

  @Test func `a commit has the author that was given, and what a clone lacks is reported`()
    async throws
  {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    let files = ["vault/p/openai.gpg", "vault/p/openai.yaml"]
    try await world.expectRefusal("not in a git work tree", .io) {
      _ = try CommitFiles("x", files: files).run(in: world.workspace())
    }
    try world.git("init", "-q", "-b", "main")
    try world.write("*.gpg\n", to: ".gitignore")
    let ignored = Listener()
    try world.workspace(for: ignored).tellIgnored(files)
    #expect(ignored.codes == ["ignored-files"])
    try world.scratch.remove(".gitignore")

    let author = try GitCommit.Author(name: "Carol", address: "carol@example.com")
    let listener = Listener()
    let commit = CommitFiles("add a key", files: files, as: author)
    #expect(try commit.run(in: world.workspace(for: listener)))
    #expect(listener.codes == ["committed", "untracked-files"])
    #expect(
      try world.git("log", "--format=%an %ae %cn %ce %s")
        == "Carol carol@example.com Carol carol@example.com add a key\n")
    let again = Listener()
    #expect(try !commit.run(in: world.workspace(for: again)))
    #expect(again.notices.first?.message == "nothing to commit")
    for name in ["", "a\nb", "a <b>"] {
      #expect(
        failure { _ = try GitCommit.Author(name: name, address: "x@example.com") }?.kind == .usage)
    }
  }

  /// Both sides gave `p/openai` another key, and changed the owner of `p/mistral`.
  private func merge() throws -> World {
    let world = try World()
    try world.write(".keyvault/\n", to: ".gitignore")
    try world.store("p/openai", FindingCase.key)
    try world.store("p/mistral", World.mistral)
    try world.commit()
    func side(_ key: String, _ owner: String) throws {
      try world.store("p/openai", key, serial: 2)
      try EditEntry(try EntryName("p/mistral"), changes: [("owner", owner)])
        .run(in: world.workspace())
      try world.commit()
    }
    try world.git("checkout", "-q", "-b", "theirs")
    try side(FindingCase.key + "1", "theirs@example.com")
    try world.git("checkout", "-q", "main")
    try side(FindingCase.key + "2", "ours@example.com")
    _ = try? world.git("merge", "-q", "theirs")
    return world
  }

  private func resolve(
    _ world: World, _ listener: Listener, _ entries: [String] = [], taking side: Side? = nil
  ) async throws -> ResolveConflicts.Outcome {
    let names = try entries.map { try EntryName($0) }
    return try await ResolveConflicts(names, taking: side, asksProvider: false)
      .run(MergeConflicts(at: world.scratch.folder), in: world.workspace(for: listener))
  }

  @Test func `each conflict that needs a choice is left without one, and ends with one`()
    async throws
  {
    let world = try merge()
    let before = try world.files()
    let silent = Listener()
    let left = try await resolve(world, silent)
    #expect(left.failures.count == 2 && left.remaining == nil && silent.notices.isEmpty)
    #expect(left.failures.map(\.kind) == [.findings, .findings])
    #expect(left.failures[1].message.contains("'p/openai' needs a choice: two keys"))
    #expect(silent.offered.count == 2)
    #expect(try world.files() == before)

    let chooser = Listener(choosing: 1)
    let first = try await resolve(world, chooser, ["p/openai"])
    #expect(first.remaining == 1 && first.failures.isEmpty)
    #expect(chooser.codes == ["resolved"])
    #expect(try world.open("p/openai").payload.keyText == FindingCase.key + "1")
    let second = Listener()
    #expect(try await resolve(world, second, taking: .ours).remaining == 0)
    #expect(second.offered.isEmpty)
    #expect(try world.entry("p/mistral").sidecar?.owner == "ours@example.com")
    try await world.expectRefusal("no entry is in conflict", .nothingToDo) {
      _ = try await resolve(world, second)
    }
  }
}
