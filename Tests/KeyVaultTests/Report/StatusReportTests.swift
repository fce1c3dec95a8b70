import Naming
import TestSupport
import Testing

@testable import KeyVault

@Suite(.fewAtATime)
struct StatusReportTests {
  private func world(_ configuration: String = "") throws -> World {
    let world = try World(configuration)
    for (name, more) in [
      ("p/mistral", "rotated: 2026-11-01T00:00:00Z"),
      ("p/openai", "owner: a|b_*c*\nexpires: 2026-11-24"),
      ("p/runway", "disabled: true"), ("p/together", "created: 2026-01-01T00:00:00Z"),
    ] {
      let created = more.contains("created") ? "" : "created: 2026-10-01T00:00:00Z\n"
      try world.write(
        "id: 01JD00000000\ndigest: sha256:\(String(repeating: "a", count: 64))\nserial: 1\npreview: …9f3A\n\(created)\(more)\n",
        to: "vault/\(name).yaml")
      try world.write("", to: "vault/\(name).gpg")
    }
    return world
  }

  /// Of the empty files in ``world(_:)``, if nothing else is said.
  private func record(
    _ verdict: Verdict, of entry: String = "p/openai", digest: String = Vault.digest([]),
    ago: Int = 300
  ) -> History.Record {
    History.Record(
      at: Timestamp(seconds: World.now.seconds - ago), entry: entry, provider: "openai",
      verdict: verdict, digest: digest)
  }

  private func report(
    _ world: World, _ verdicts: [History.Record], _ arguments: [String] = []
  ) throws -> StatusReport {
    let repository = try world.repository
    return try StatusReport(
      of: Selection(arguments, in: repository), in: repository, verdicts: LastVerdicts(verdicts),
      now: World.now)
  }

  @Test func `a verdict counts only for the ciphertext that was tested`() throws {
    let world = try world()
    // What the sidecar says of the ciphertext, anybody can write there.
    let other = "sha256:" + String(repeating: "a", count: 64)
    let verdicts = [record(.valid), record(.valid, of: "p/mistral", digest: other)]
    let rows = try report(world, verdicts).results
    #expect(rows.map(\.entry) == ["p/mistral", "p/openai", "p/runway", "p/together"])
    #expect(rows.map(\.verdict) == [.untested, .valid, .untested, .untested])
    #expect(rows[0].checked == nil)
    #expect(rows[1].checked == Timestamp(seconds: World.now.seconds - 300))
    let details = try EntryDetails(
      of: world.entry("p/mistral"), in: world.repository, verdicts: LastVerdicts(verdicts),
      program: nil)
    #expect(details.verdict == .untested)
  }

  @Test func `a verdict is the ciphertext's, with a sidecar or without`() throws {
    let world = try world()
    try world.scratch.remove("vault/p/openai.yaml")
    func verdicts() throws -> [Verdict] {
      try report(world, [record(.valid)], ["p/openai"]).results.map(\.verdict)
    }
    #expect(try verdicts() == [.valid])
    try world.write("another", to: "vault/p/openai.gpg")
    #expect(try verdicts() == [.untested])
    try world.scratch.remove("vault/p/openai.gpg")
    try world.scratch.link("vault/p/openai.gpg", to: "/dev/null")
    #expect(failure { _ = try verdicts() }?.kind == .nothingToDo)
  }

  private static let configuration =
    "environments: {p: {require: [openai, anthropic]}}\npolicy: {rotation: {max_age: 90d}}\n"

  @Test func `the table is fixed`() throws {
    let report = try report(world(Self.configuration), [record(.noCredit)])
    #expect(
      report.text(Style())
        == """
        entry        status          last test              key    owner    rotation
        p/anthropic  Not configured  required
        p/mistral    Not tested                             …9f3A           rotated 2026-11-01
        p/openai     Invalid         no_credit, 5 min ago   …9f3A  a|b_*c*  due by 2026-11-24
        p/runway     Not tested      disabled               …9f3A           made 2026-10-01
        p/together   Not tested                             …9f3A           overdue since 2026-04-01
        4 keys: 1 invalid, 3 not tested; 1 overdue; 1 required key is missing

        """.replacing("test              key", with: "test             key")
        .replacing("                             …", with: "                            …")
        .replacing("ago   …", with: "ago  …").replacing(
          "disabled               …", with: "disabled              …"))
  }

  @Test func `Markdown holds no markup but the table's own`() throws {
    let report = try report(world(Self.configuration), [record(.noCredit, ago: 90_000)])
    #expect(
      report.markdown() == """
        | Entry | Status | Last test | Key | Owner | Rotation |
        | --- | --- | --- | --- | --- | --- |
        | p/anthropic | Not configured | required |  |  |  |
        | p/mistral | Not tested |  | …9f3A |  | rotated 2026-11-01 |
        | p/openai | Invalid | no\\_credit, 1 day ago | …9f3A | a\\|b\\_\\*c\\* | due by 2026-11-24 |
        | p/runway | Not tested | disabled | …9f3A |  | made 2026-10-01 |
        | p/together | Not tested |  | …9f3A |  | overdue since 2026-04-01 |

        4 keys: 1 invalid, 3 not tested; 1 overdue; 1 required key is missing

        """)
  }

  @Test(arguments: [
    ("a|b", "a\\|b"), ("|\u{301}", "\\|\u{301}"), ("<script>", "\\<script\\>"),
    ("[x](javascript:y)", "\\[x\\]\\(javascript:y\\)"), ("`a`", "\\`a\\`"), ("a\\", "a\\\\"),
    ("![i]", "\\!\\[i\\]"), ("a&amp;", "a\\&amp;"), ("# h", "\\# h"), ("~~a~~", "\\~\\~a\\~\\~"),
  ])
  func `an owner's name is text and nothing else`(owner: String, cell: String) throws {
    let world = try world()
    try world.repositoryVault.setFields([("owner", owner)], of: EntryName("p/mistral"))
    let line = try report(world, [], ["p/mistral"]).markdown().split(separator: "\n")[2]
    #expect(line == "| p/mistral | Not tested |  | …9f3A | \(cell) | rotated 2026-11-01 |")
  }

  @Test func `a control character in a name ends no line`() throws {
    let world = try world()
    try world.repositoryVault.setFields(
      [("owner", "a\n::set-output\u{1b}[2J")], of: EntryName("p/mistral"))
    let report = try report(world, [], ["p/mistral"])
    for text in [report.markdown(), report.text(Style())] {
      #expect(!text.contains("\n::") && !text.contains("\u{1b}"))
    }
  }

  @Test(arguments: [
    (-5, "just now"), (0, "just now"), (59, "just now"), (60, "1 min ago"), (3_599, "59 min ago"),
    (3_600, "1 h ago"), (86_399, "23 h ago"), (86_400, "1 day ago"), (172_800, "2 days ago"),
  ])
  func `an age is shown in the unit that fits`(seconds: Int, text: String) {
    #expect(Timestamp(seconds: World.now.seconds - seconds).age(at: World.now) == text)
  }

  @Test func `details tell everything but the key`() throws {
    let world = try World("environments: {q: {inherit: [p]}}\n")
    try world.store(
      "p/openai", FindingCase.key, about: .init(owner: "alice@example.com", description: "Tests"))
    let entry = try world.entry("p/openai")
    var last = record(.valid)
    last.digest = entry.sidecar?.digest
    let details = try EntryDetails(
      of: entry, in: world.repository, verdicts: LastVerdicts([last].compactMap(\.self)),
      program: Keyring.gpgProgram)
    #expect(
      details.text(Style(), now: World.now) == """
        entry         p/openai
        provider      openai
        key           sk-proj-…lKey
        status        Valid, valid, 5 min ago
        owner         alice@example.com
        description   Tests
        created       2026-11-23T17:45:00Z
        serial        1
        variable      OPENAI_API_KEY
        rendered in   p, q
        capabilities  text-generation, vision, embeddings, moderation, image-generation, video-generation, speech-to-text, text-to-speech, search
        readers       \(Keyring.alice.fingerprint)  Alice <alice@example.com>

        """)
  }
}
