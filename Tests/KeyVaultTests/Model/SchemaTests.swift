import Foundation
import JSONSchema
import Naming
import TestSupport
import Testing
import YAML

@testable import KeyVault

/// The schemas and the catalogue that the binary carries.
struct SchemaTests {
  static func schema(_ name: String) throws -> Schema {
    try Schema(SchemaLibrary.root(name))
  }

  @Test(arguments: SchemaLibrary.names)
  func `an embedded schema compiles and explains itself`(name: String) throws {
    _ = try Self.schema(name)
    let root = try Node(json: Array(try #require(SchemaLibrary.text(name)).utf8))
    #expect(SchemaLibrary.root(name).json == root.json, "as YAML it says something else")
    #expect(root["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
    #expect(root["$id"]?.string == "urn:keyvault:schema:\(name):1")
    #expect(root["title"]?.string != nil && root["description"]?.string != nil)
    #expect(root["additionalProperties"]?.bool == false)
  }

  @Test func `there is a schema of every file and every document`() {
    #expect(
      SchemaLibrary.names == [
        "config", "entry", "keyvault", "output-check", "output-doctor", "output-exposure",
        "output-import", "output-log", "output-ls", "output-pick",
        "output-providers",
        "output-recipients", "output-show", "output-status", "output-test", "output-validate",
        "provider",
      ])
    #expect(SchemaLibrary.fileKinds.sorted() == ["entry", "keyvault", "provider"])
    #expect(SchemaLibrary.text("none") == nil)
  }

  /// Files of a folder of this repository, by name.
  private func files(_ folder: String, _ suffix: String) throws -> [String: String] {
    let url = package.appending(path: folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: url.path)
      .filter { $0.hasSuffix(suffix) }
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try String(contentsOf: url.appending(path: $0), encoding: .utf8))
      })
  }

  @Test func `the binary carries the schemas unchanged`() throws {
    let embedded = Dictionary(
      uniqueKeysWithValues: Embedded.schemas.map { ($0.name, $0.text.description) })
    #expect(embedded == (try files("Schemas", ".schema.json")))
  }

  @Test func `the binary carries the catalogue unchanged`() throws {
    let embedded = Dictionary(
      uniqueKeysWithValues: Embedded.providers.map { ($0.name, $0.text.description) })
    #expect(embedded == (try files("providers.d", ".yaml")))
  }

  @Test(arguments: BuiltIn.ids)
  func `a built-in provider satisfies its schema, and its logo is drawn`(id: String) throws {
    let text = try #require(Embedded.providers.first { $0.name == id + ".yaml" }).text
    let document = try Document(parsing: Array(text.utf8))
    #expect(SchemaLibrary.schema(.provider).check(document.root) == [])
    let logo = try #require(document.root["logo"]?.string)
    let drawing = try String(
      contentsOf: package.appending(path: "providers.d/\(logo)"), encoding: .utf8)
    #expect(drawing.contains("<svg"))
    for word in ["<script", "href", "onload", "<foreignObject", "<!ENTITY"] {
      #expect(!drawing.contains(word))
    }
  }

  @Test func `every word that a program knows is in the schemas, and no other`() throws {
    let results = try Node(json: Array(try #require(SchemaLibrary.text("output-test")).utf8))
    let verdicts = results["$defs"]?["verdict"]?["enum"]?.strings
    #expect(verdicts == Verdict.allCases.map(\.rawValue))
    let words = results["$defs"]?["word"]?["enum"]?.strings ?? []
    #expect(Set(words) == Set(Verdict.allCases.map(\.word.rawValue)))
    let provider = try Node(json: Array(try #require(SchemaLibrary.text("provider")).utf8))
    let byRules = provider["$defs"]?["rule"]?["properties"]?["verdict"]?["enum"]?.strings ?? []
    #expect(Set(byRules).isSubset(of: Verdict.allCases.map(\.rawValue)))
    #expect(!byRules.contains("unreachable") && !byRules.contains("locked"))
  }
}

/// Every document that a command prints satisfies its published schema.
@Suite(.fewAtATime)
struct OutputTests {
  private func check(_ report: some Encodable, _ name: String) throws {
    let text = try json(report)
    #expect(text.hasSuffix("}\n"))
    let violations = try SchemaTests.schema("output-" + name).check(Node(json: Array(text.utf8)))
    #expect(violations.map { "\($0.path): \($0.message)" } == [], "\(text)")
  }

  /// A repository with an entry of each kind that a report distinguishes.
  private func world() throws -> World {
    let world = try World(
      "environments: {p: {require: [openai, runway]}}\npolicy: {rotation: {max_age: 30d}}\n")
    try world.store(
      "p/openai", FindingCase.key,
      about: .init(
        owner: "alice@example.com", description: "\u{1f511} é", expires: Timestamp("2026-12-24")))
    try world.store("p/mistral", "NotARealKeyNotARealKeyNotARealKe", now: Timestamp("2026-01-01")!)
    try world.store("p/nobody", "fake-key", provider: "nobody")
    try world.encrypt("fake-key", to: "p/unbound")
    try world.encrypt("fake-key", to: "top")
    let text = try world.scratch.text("vault/p/mistral.yaml")
    let exposed =
      "exposed: {to: \(String(repeating: "A", count: 40)), since: 2026-11-20}\ndisabled: true\n"
    try world.write(text + exposed, to: "vault/p/mistral.yaml")
    return world
  }

  @Test func `what validate, ls, show, status and providers print`() throws {
    let world = try world()
    let repository = try world.repository
    try check(
      FindingReport(
        Validator(root: world.scratch.folder, now: World.now, program: Keyring.gpgProgram).outcome()
      ), "validate")
    let entries = try repository.vault.entries()
    try check(EntryListing(entries), "ls")
    try check(EntryListing([]), "ls")
    let digest = try #require(try world.entry("p/openai").sidecar?.digest)
    let record = History.Record(
      at: World.now, entry: "p/openai", provider: "openai", verdict: .valid, http: 200,
      totalMilliseconds: 1.5, digest: digest)
    for entry in entries {
      for last in [nil, record] {
        let details = try EntryDetails(
          of: entry, in: repository, verdicts: LastVerdicts([last].compactMap(\.self)),
          program: Keyring.gpgProgram)
        try check(details, "show")
      }
    }
    let selection = try Selection([], in: repository)
    let status = try StatusReport(
      of: selection, in: repository, verdicts: LastVerdicts([record]), now: World.now)
    try check(status, "status")
    try check(ProviderListing(repository.catalogue.all().providers), "providers")
    try FindingCase.mistral("Bearer {key}", "Basic {key}")(world)
    try FindingCase.acme()(world)
    try check(ProviderListing(world.repository.catalogue.all().providers), "providers")
  }

  @Test func `what recipients prints of every state`() throws {
    let keys = [
      Keyring.alice.fingerprint, PublicKeyCase.expiring, PublicKeyCase.expired,
      PublicKeyCase.weakRSA, PublicKeyCase.revoked, PublicKeyCase.signOnly, Keyring.bob.fingerprint,
    ]
    let world = try World()
    for key in keys[1...5] { try world.publish(key) }
    try world.write("no key", to: "vault/.public-keys/\(keys[6])")
    try world.want(keys + [String(repeating: "A", count: 40)])
    let listing = try RecipientListing(
      of: world.repository, folder: nil, program: Keyring.gpgProgram, now: World.now)
    try check(listing, "recipients")
    #expect(listing.folders[0].recipients.map(\.state) == RecipientState.allCases)
    let schema = try Node(json: Array(try #require(SchemaLibrary.text("output-recipients")).utf8))
    let states = schema["$defs"]?["recipient"]?["properties"]?["state"]?["enum"]?.strings
    #expect(states == RecipientState.allCases.map(\.rawValue))
  }

  @Test func `what test prints of every verdict`() throws {
    let results = Verdict.allCases.map { verdict in
      var result = TestResult(
        entry: "p/openai", provider: "openai", verdict: verdict, note: "n", checked: World.now)
      result.http = 401
      result.rule = 1
      result.matched = ["error.code=x"]
      result.next = "→"
      result.error = "e"
      result.latency = .init(nameLookup: 0, connect: 0.1, tls: 0, firstByte: 12.3, total: 45)
      result.facts = ["credit": "1 USD"]
      result.digest = "sha256:" + String(repeating: "0", count: 64)
      return result
    }
    try check(TestReport(checked: World.now, results: results), "test")
    let bare = TestResult(entry: "p/x", provider: "x", verdict: .untested, checked: World.now)
    try check(TestReport(checked: World.now, results: [bare]), "test")
  }

  @Test func `what a real run prints`() async throws {
    let world = try world()
    let stub = try Stub([
      "openai/invalid": "{\"status\": 401, \"body\": {\"error\": {\"code\": \"invalid_api_key\"}}}"
    ])
    let results = try await world.test(gateway: stub.gateway)
    #expect(results.first { $0.entry == "p/openai" }?.verdict == .invalid)
    try check(TestReport(checked: World.now, results: results), "test")
  }

  @Test func `what doctor prints`() throws {
    try check(DoctorReport([]), "doctor")
    let checks: [CheckSetup.Check] = [
      .init("gpg", .ok, "gpg 2.2.40"),
      .init("curl", .warning, "old", fix: "apt-get install libcurl4"),
      .init("yaml", .failed, "missing", fix: "apt-get install libyaml-0-2"),
    ]
    #expect(!DoctorReport(Array(checks.dropLast())).hasFailure)
    let report = DoctorReport(checks)
    #expect(report.hasFailure)
    try check(report, "doctor")
    #expect(
      report.text(Style()) == """
        gpg   ok       gpg 2.2.40
        curl  warning  old
              → apt-get install libcurl4
        yaml  failed   missing
              → apt-get install libyaml-0-2

        """)
  }

  @Test func `a schema notices a document that is not its own`() throws {
    let violations = try SchemaTests.schema("output-ls").check(
      Node(json: Array("{\"version\":2,\"x\":[]}".utf8)))
    #expect(violations.count == 3)
  }
}
