import TestSupport
import Testing

@testable import KeyVault

/// Who can read entries: added, removed, refreshed, and brought up to date, without a command line.
@Suite(.oneAtATime)
struct ReaderActionTests {
  private static let alice = Keyring.alice.fingerprint
  private static let bob = Keyring.bob.fingerprint

  private func world(_ recipients: [Keyring] = [.alice]) throws -> World {
    let world = try World(recipients: recipients)
    try world.store("production/openai", FindingCase.key)
    try world.store("staging/openai", FindingCase.key)
    return world
  }

  @Test func `a reader of a folder is added, and re-encryption lets them in`() async throws {
    let world = try world()
    let files = Scratch()
    try files.write(Keyring.bob.publicKey, to: "bob.asc")
    let listener = Listener()
    let added = try AddReader(.file(files.path("bob.asc")), to: "production/")
      .run(in: world.workspace(for: listener))
    #expect(added.fingerprint == Self.bob && added.isNew)
    #expect(added.change.list == "vault/production/.gpg-id")
    #expect(added.change.startedFrom == "vault/.gpg-id")
    #expect(added.drifted.map(\.path) == ["production/openai"])
    #expect(listener.notices.isEmpty)
    let again = try AddReader(.keyring(Self.bob), to: "production")
      .run(in: world.workspace(as: .bob))
    #expect(!again.isNew && again.change.written.isEmpty)

    let workspace = try world.workspace()
    let plan = try ReencryptEntries().plan(in: workspace)
    #expect(plan.count == 2 && plan.names.map(\.path) == ["production/openai"])
    let steps = Locked(0)
    let outcome = try await ReencryptEntries.run(plan, in: workspace) {
      steps.change { $0 += 1 }
    }
    #expect(outcome.entries.done == plan.names && !outcome.isPartial && steps.value == 1)
    #expect(outcome.files.contains("vault/production/.gpg-id"))
    #expect(outcome.files.contains("vault/production/openai.yaml"))
    _ = try world.open("production/openai", as: .bob)
    #expect(failure { _ = try world.open("staging/openai", as: .bob) }?.kind == .locked)
    #expect(try ReencryptEntries().plan(in: workspace).names.isEmpty)
  }

  @Test func `what cannot be a reader, and a folder that was not meant, change nothing`()
    async throws
  {
    let world = try world()
    let listener = Listener { _ in false }
    try await world.expectRefusal("nothing was changed", .usage) {
      _ = try AddReader(.keyring(Self.bob), to: "prodution")
        .run(in: world.workspace(for: listener, as: .bob))
    }
    #expect(listener.asked == [.newFolder("prodution", near: "production")])
    let unknown = String(repeating: "A", count: 40)
    try await world.expectRefusal(unknown, .notFound) {
      _ = try AddReader(.keyring(unknown), to: nil).run(in: world.workspace())
    }
    try await world.expectRefusal("leads outside of its folder", .usage) {
      _ = try AddReader(.keyring(Self.alice), to: "../x").run(in: world.workspace())
    }
    // A person who reads the folder by another list needs none, so that the folder is not made.
    let silent = Listener()
    let added = try AddReader(.keyring(Self.alice), to: "prodution")
      .run(in: world.workspace(for: silent))
    #expect(!added.isNew && silent.codes == ["no-folder"])
    #expect(silent.notices[0].hints == ["did you mean 'production'?"])
  }

  @Test func `a person who leaves exposes what they could read`() async throws {
    let world = try world([.alice, .bob])
    let outcome = try RemoveReader(Self.bob).run(in: world.workspace())
    #expect(outcome.folders == [""] && outcome.remaining.isEmpty && outcome.leavesKeys)
    #expect(outcome.removal.exposed.map(\.path) == ["production/openai", "staging/openai"])
    #expect(outcome.drifted == outcome.removal.exposed)
    // Outside of git, nothing says what they could not read.
    #expect(outcome.gap?.code == .historyIncomplete && outcome.gap?.weight == .warning)
    try await world.expectRefusal("only recipient", .usage) {
      _ = try RemoveReader(Self.alice).run(in: world.workspace())
    }
    try await world.expectRefusal("no folder 'other'", .nothingToDo) {
      _ = try RemoveReader(Self.alice, from: "other").run(in: world.workspace())
    }

    let whole = try self.world([.alice, .bob])
    try whole.commit()
    #expect(try RemoveReader(Self.bob).run(in: whole.workspace()).gap == nil)
  }

  @Test func `keys are refreshed from the keyring, and a stranger's is refused`() async throws {
    let world = try world([.alice, .bob])
    let all = try RefreshReaders().run(in: world.workspace())
    #expect(all.keys.map(\.outcome) == [.unchanged, .notInKeyring])
    #expect(all.updated == 0 && all.written.isEmpty && !all.lacksNamed && !all.isRefused)
    #expect(try RefreshReaders([Self.bob]).run(in: world.workspace()).lacksNamed)
    try await world.expectRefusal("recipient", .notFound) {
      _ = try RefreshReaders([String(repeating: "A", count: 40)]).run(in: world.workspace())
    }
    try world.scratch.remove("vault/.public-keys/\(Self.alice)")
    let added = try RefreshReaders().run(in: world.workspace())
    #expect(added.keys.map(\.outcome) == [.added, .notInKeyring] && added.updated == 1)
    #expect(added.written == ["vault/.public-keys/\(Self.alice)"])
  }

  @Test func `re-encryption says what it could not open, and refuses an empty selection`()
    async throws
  {
    let world = try world()
    try world.want([Self.alice, Self.bob])
    let workspace = try world.workspace(as: .bob)
    let plan = try ReencryptEntries(["production"]).plan(in: workspace)
    let before = try world.files()
    let outcome = try await ReencryptEntries.run(plan, in: workspace)
    #expect(outcome.isPartial && outcome.entries.done.isEmpty)
    #expect(outcome.entries.locked == plan.names)
    #expect(try world.files() == before)
    try await world.expectRefusal("no environment or entry 'other'") {
      _ = try ReencryptEntries(["other"]).plan(in: workspace)
    }
  }

  @Test func `entries and lists are signed where signatures count, and no other way`()
    async throws
  {
    let off = try world()
    for sign in [
      { _ = try SignEntries().run(in: off.workspace()) },
      { _ = try SignLists().run(in: off.workspace()) },
    ] as [() throws -> Void] {
      try await off.expectRefusal("signatures are off here", .usage) { try sign() }
    }

    let world = try World.signed()
    #expect(try SignEntries().run(in: world.workspace()).isIdle)
    try world.edit("p/openai", "owner: a", "owner: mallory")
    let listener = Listener()
    #expect(try SignEntries().run(in: world.workspace(for: listener)).isIdle)
    #expect(listener.codes.filter { $0 != "signing" } == ["unsigned"])
    #expect(world.refusal("p/openai") != nil)
    let named = Listener()
    let outcome = try SignEntries([EntryName("p/openai")]).run(in: world.workspace(for: named))
    #expect(outcome.signed.map(\.path) == ["p/openai"] && outcome.failure == nil)
    #expect(named.codes.filter { $0 != "signing" } == ["signed"])
    #expect(world.refusal("p/openai") == nil)
    let lists = try SignLists().run(in: world.workspace())
    #expect(lists.counter == 2 && lists.signer == Self.alice)
    #expect(lists.written == ["vault/.recipients.sig"])
    try await world.expectRefusal("no secret key") {
      _ = try SignLists().run(in: world.workspace(as: .bob))
    }
  }
}
