import Foundation
import GPG
import Machine
import TestSupport
import Testing

@testable import KeyVault

/// Git history and fetched refs that are too large.
@Suite(.oneAtATime)
struct HistoryBoundTests {
  /// A repository with one key that Alice and Bob can read, committed.
  private func world() throws -> World {
    let world = try World(recipients: [.alice, .bob])
    try world.store("p/openai", FindingCase.key)
    try world.commit()
    return world
  }

  /// A file of zeros that was committed and removed again.
  private func addLargeFile(_ world: World, _ name: String, size: Int) throws {
    _ = FileManager.default.createFile(atPath: world.scratch.path(name), contents: nil)
    truncate(world.scratch.path(name), off_t(size))
    try world.git("-c", "core.bigFileThreshold=1m", "add", name)
    try world.git("commit", "-q", "-m", "large")
    try world.git("rm", "-q", name)
    try world.git("commit", "-q", "-m", "gone")
  }

  private func debt(_ world: World) throws -> Debt {
    try Debt(of: Keyring.bob.fingerprint, in: world.repository, program: Keyring.gpgProgram)
  }

  @Test func `what is larger than any ciphertext is not read, and counts as open to all`() throws {
    let world = try world()
    try addLargeFile(world, "vault/p/big.gpg", size: 200 << 20)
    let before = peakMemory()
    let history = try VaultHistory(of: world.repository)
    #expect(history.states.filter { $0.entry == "p/big" }.map(\.readers) == [nil])
    #expect(try debt(world).keys.map(\.entry) == ["p/openai"])
    let log = try EntryLog(of: world.repository, program: nil)
    for name in ["p/openai", "p/big"] { _ = try log.changes(of: EntryName(name)) }
    _ = try world.findings(base: "HEAD~1")
    if !isSanitized { #expect(peakMemory() - before < 60 << 20) }
  }

  @Test func `git is not asked for the content of what is too large`() throws {
    let world = try world()
    try addLargeFile(world, "vault/p/big.gpg", size: 200 << 20)
    let objects = GitObjects(Git(in: world.scratch.folder))
    let names = [
      "HEAD~1:vault/p/big.gpg", "HEAD:vault/p/openai.gpg", "HEAD:vault/p", "HEAD:no\nHEAD:x",
    ]
    let found = try objects.find(names)
    #expect(found.map { $0?.size } == [200 << 20, found[1]?.size, nil, nil])
    // With room for nothing else git would fail.
    let blobs = try objects.blobs(names)
    #expect(blobs.map { $0 == nil } == [true, false, true, true])
    let counts = try objects.read(found + found, limit: 1 << 20) { $0.count }
    #expect(counts.map { $0 ?? -1 } == [-1, found[1]!.size, -1, -1, -1, found[1]!.size, -1, -1])
  }

  @Test func `objects of every size up to the limit arrive whole and in order`() throws {
    let world = try world()
    var names: [String] = []
    var contents: [[UInt8]] = []
    for size in [0, 1, 63, 65_535, 65_536, 65_537, 200_000, 1 << 20, 0, 5] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 3) }
      try world.scratch.write(bytes, to: "vault/file\(names.count)")
      contents.append(bytes)
      names.append("HEAD:vault/file\(names.count)")
    }
    try world.commit()
    let blobs = try GitObjects(Git(in: world.scratch.folder)).blobs(names)
    #expect(blobs == contents.map(Optional.some))
  }

  @Test(.timeLimit(.minutes(30)))
  func `a tree of 10^8 paths is never taken for no exposure`() throws {
    let world = try world()
    try world.addBomb()
    #expect(failure { _ = try debt(world) }?.kind == .inconclusive)
    let findings = try world.findings(readsHistory: true)
    #expect(findings.map(\.code) == ["history-too-large"], "\(findings.map(\.text))")
    #expect(findings.first?.severity == .error)
    let snapshot = failure { _ = try Snapshot("origin/pr", of: world.scratch.folder) }
    #expect(snapshot?.kind == .inconclusive)
    // What is checked out is not affected.
    #expect(try world.findings().isEmpty)
    let log = try EntryLog(of: world.repository, program: nil)
    #expect(try log.changes(of: EntryName("p/openai")).count == 1)
  }

  @Test func `a reader can be removed from a vault whose history is too large`() throws {
    let world = try world()
    try world.addBomb()
    let removal = try world.removeRecipient(Keyring.bob.fingerprint)
    #expect(!removal.isComplete)
    #expect(removal.exposed.map(\.path) == ["p/openai"])
  }

  @Test func `too many public keys to ask gpg about are inconclusive, not free of exposure`() throws
  {
    let world = try world()
    var stream = ""
    for index in 0...Limits.publicKeyVersions {
      stream +=
        "commit refs/heads/keys\ncommitter M <m@example.com> \(1_700_000_000 + index) +0000\n"
      stream += "data 1\nx\nM 100644 inline vault/.public-keys/\(Keyring.bob.fingerprint)\n"
      stream += "data 6\n\(100_000 + index)\n"
    }
    let outcome = try run(
      ["/usr/bin/git", "-C", world.scratch.folder, "fast-import", "--quiet"],
      input: Array(stream.utf8))
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(failure { _ = try debt(world) }?.kind == .inconclusive)
  }

  @Test func `what is staged and too large is refused without being read`() throws {
    let world = try world()
    _ = FileManager.default.createFile(atPath: world.scratch.path("vault/p/big.gpg"), contents: nil)
    truncate(world.scratch.path("vault/p/big.gpg"), 100 << 20)
    try world.git("-c", "core.bigFileThreshold=1m", "add", "vault/p/big.gpg")
    let checks = try StagedChecks(
      around: world.scratch.folder, now: World.now, program: Keyring.gpgProgram
    ) { () throws(ScratchError) in
      try ScratchFolder(.files, in: ScratchPlace.all(runtimeDirectory: nil, allowsDisk: true))
    }
    let findings = try checks.findings()
    let own = findings.filter { $0.file == "vault/p/big.gpg" }
    #expect(own.contains { $0.message.contains("larger than 1024 KiB") })
  }
}
