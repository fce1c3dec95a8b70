import TestSupport
import Testing

@testable import KeyVault

/// Removing, editing, and adopting entries, without a command line.
@Suite(.oneAtATime)
struct EntryActionTests {
  private static let key = FindingCase.key

  private func world() throws -> World {
    let world = try World()
    try world.store("p/openai", Self.key)
    try world.store("p/mistral", World.mistral)
    return world
  }

  @Test
  func `removed entries are gone with their sidecars, and history is kept apart from the rest`()
    async throws
  {
    let world = try world()
    try world.commit()
    try world.store("p/groq", "gsk_NotARealKeyNotARealKeyNotARealKey")
    let names = try ["p/openai", "p/groq"].map { try EntryName($0) }
    let listener = Listener { _ in true }
    let removed = try RemoveEntries(names, isConfirmed: false)
      .run(in: world.workspace(for: listener))
    #expect(listener.asked == [.remove(names)])
    #expect(listener.asked[0].question == "remove p/openai, p/groq?")
    #expect(removed.map(\.name) == names)
    #expect(removed.map(\.isInHistory) == [true, false])
    #expect(removed[0].page?.hasPrefix("https://") == true)
    #expect(try world.scratch.names(in: "vault/p") == ["mistral.gpg", "mistral.yaml"])
    // No person need be there where the entries are named.
    let silent = Listener()
    _ = try RemoveEntries([try EntryName("p/mistral")], isConfirmed: false)
      .run(in: world.workspace(for: silent))
    #expect(silent.asked.count == 1)
    #expect(try world.repository.vault.entries().isEmpty)
  }

  @Test func `a removal that is declined or names an unknown entry changes nothing`() async throws {
    let world = try world()
    let listener = Listener { _ in false }
    let known = try EntryName("p/openai")
    try await world.expectRefusal("nothing was removed", .nothingToDo) {
      _ = try RemoveEntries([known], isConfirmed: false).run(in: world.workspace(for: listener))
    }
    #expect(listener.asked.count == 1)
    try await world.expectRefusal("no entry 'p/other'", .notFound) {
      _ = try RemoveEntries([known, EntryName("p/other")], isConfirmed: true)
        .run(in: world.workspace(for: listener))
    }
    #expect(listener.asked.count == 1)
  }

  @Test func `an edit changes the sidecar and the credential together, or neither`() async throws {
    let world = try world()
    let name = try EntryName("p/openai")
    let edit = EditEntry(
      name, changes: [("owner", "bob@example.com")], credential: [("organization", "org-1")])
    try edit.run(in: world.workspace())
    let opened = try world.open("p/openai")
    #expect(opened.payload.withField("organization") { $0.text } == "org-1")
    #expect(opened.sidecar?.owner == "bob@example.com")
    #expect(opened.doubts.isEmpty)

    let refused: [(EditEntry, String)] = [
      (
        EditEntry(name, changes: [("expires", "soon")], credential: [("organization", "org-2")]),
        "'expires'"
      ),
      (
        EditEntry(name, changes: [("owner", "carol@example.com"), ("digest", "x")]),
        "'digest' cannot be set"
      ),
      (
        EditEntry(name, changes: [("owner", "carol@example.com")], credential: [("nothing", "x")]),
        "no field 'nothing'"
      ),
      (EditEntry(name, changes: [("acknowledged", "2026-11-22")]), "2026-11-22 has passed"),
      (EditEntry(name, changes: []), "what to change"),
    ]
    for (edit, message) in refused {
      try await world.expectRefusal(message) { try edit.run(in: world.workspace()) }
    }
  }

  @Test func `an unknown variable needs consent, which is remembered`() async throws {
    let world = try world()
    let home = Scratch()
    let edit = EditEntry(try EntryName("p/openai"), changes: [("env", "AUDIT_SINK")])
    for answer in [false, nil] as [Bool?] {
      let listener = Listener { _ in answer }
      try await world.expectRefusal("AUDIT_SINK", .usage) {
        try edit.run(in: world.workspace(for: listener, state: home.path("state")))
      }
      #expect(listener.asked.count == 1)
    }
    try edit.run(
      in: world.workspace(for: Listener { _ in true }, state: home.path("state")))
    #expect(try world.entry("p/openai").sidecar?.variable == "AUDIT_SINK")
    let later = Listener { _ in false }
    try edit.run(in: world.workspace(for: later, state: home.path("state")))
    #expect(later.asked.isEmpty)
  }

  @Test func `what pass made is bound to its place, all of it or nothing`() async throws {
    let world = try World()
    try world.encrypt(Self.key + "\n", to: "p/openai")
    try world.encrypt("NotAKeyOfTheirs-NotARealKey\n", to: "p/anthropic")
    let names = try ["p/openai", "p/anthropic"].map { try EntryName($0) }
    try await world.expectRefusal("'p/anthropic'", .findings) {
      _ = try AdoptEntries(names).run(in: world.workspace())
    }
    let adopted = try AdoptEntries([names[0]]).run(in: world.workspace())
    #expect(adopted.map(\.name) == [names[0]])
    #expect(adopted[0].sidecar == nil && adopted[0].left == nil)
    #expect(try world.open("p/openai").payload.isBound)
    _ = try AdoptEntries([names[1]], ignoresForm: true).run(in: world.workspace())
    #expect(try world.open("p/anthropic").payload.provider == "anthropic")
  }

  @Test func `an entry that was moved by hand is adopted by its old place alone`() async throws {
    let world = try world()
    try world.scratch.move("vault/p/openai.gpg", to: "vault/p/other.gpg")
    let other = try EntryName("p/other")
    for source in [nil, "p/mistral"] as [String?] {
      try await world.expectRefusal("holds the key of 'p/openai'", .malformed) {
        _ = try AdoptEntries([other], from: source).run(in: world.workspace())
      }
    }
    let listener = Listener()
    let adopted = try AdoptEntries([other], from: "p/openai")
      .run(in: world.workspace(for: listener))
    #expect(listener.codes == ["readers", "readers"])
    #expect(adopted[0].left?.path == "p/openai" && adopted[0].sidecar?.path == "p/openai")
    #expect(try world.open("p/other").doubts.isEmpty)
  }

  @Test func `a host that only the payload names is vouched for by consent alone`() async throws {
    for answer in [true, false, nil] as [Bool?] {
      let world = try World("policy: {signatures: optional}\n")
      try world.store("p/openai", Self.key, hosts: ["api.openai.com", "proxy.example.com"])
      try world.sign(least: .off)
      let listener = Listener { _ in answer }
      try EditEntry(
        try EntryName("p/openai"), changes: [], credential: [("organization", "org-1")]
      ).run(in: world.workspace(for: listener))
      #expect(
        listener.asked == [.vouch(host: "proxy.example.com", entry: try EntryName("p/openai"))])
      let isSigned = try world.sidecar("p/openai").contains("signature:")
      #expect(isSigned == (answer == true))
      let warnings = listener.notices.filter { $0.weight == .warning }
      #expect(warnings.map(\.code) == (answer == true ? [] : [.signing]))
    }
  }

  @Test func `an accepted entry is compared first, and forgotten by consent alone`() async throws {
    let world = try MemoryCase.world()
    let home = Scratch()
    let state = home.path("state")
    let name = try EntryName(MemoryCase.name)
    func open() throws -> Failure? {
      let workspace = try world.workspace(state: state)
      let refusal = failure {
        _ = try workspace.vault.open(
          workspace.vault.entry(name), requiring: .here, with: workspace.gpg())
      }
      try workspace.end()
      return refusal
    }
    #expect(try open() == nil)
    try world.store(MemoryCase.name, BaseCase.old, serial: 1)
    #expect(try open()?.kind == .malformed)
    for (answer, message) in [
      (false, "nothing was accepted"), (nil, "cannot ask whether to accept"),
    ]
      as [(Bool?, String)]
    {
      let listener = Listener { _ in answer }
      try await world.expectRefusal(message) {
        _ = try AcceptEntries([name], isConfirmed: false)
          .run(in: world.workspace(for: listener, state: state))
      }
      #expect(listener.codes == ["remembered", "remembered"])
      #expect(listener.notices[0].message.contains("serial 2"))
      #expect(listener.notices[1].message.contains("serial 1"))
      #expect(listener.asked == [.accept([name.path])])
    }
    #expect(try open()?.kind == .malformed)
    let forgotten = try AcceptEntries([name], isConfirmed: true)
      .run(in: world.workspace(state: state))
    #expect(forgotten == [name.path])
    #expect(try open() == nil)
    let unknown = Listener()
    try await world.expectRefusal("nothing to accept", .nothingToDo) {
      _ = try AcceptEntries([EntryName("p/other")], isConfirmed: true)
        .run(in: world.workspace(for: unknown, state: state))
    }
    #expect(unknown.codes == ["nothing-remembered"])
  }
}
