import Foundation
import JSONSchema
import TestSupport
import Testing

@testable import KeyVault

extension Finding {
  fileprivate var position: String { "\(file):\(line):\(column)" }
}

@Suite(.fewAtATime)
struct ValidatorTests {
  @Test func `every code has a case that finds it`() {
    #expect(Set(FindingCase.all.map(\.code)) == Set(Finding.Code.allCases))
  }

  @Test(arguments: FindingCase.all.indices)
  func `a fault is found, with its place`(index: Int) throws {
    let example = FindingCase.all[index]
    let world = try World(example.configuration)
    try example.make(world)
    let findings = try world.findings(
      program: example.program, base: example.base, readsHistory: example.readsHistory)
    let found = findings.first {
      $0.code == example.code.rawValue && $0.position == example.place
    }
    #expect(found != nil, "\(example.code) at \(example.place) in \(findings.map(\.text))")
    #expect(found?.severity ?? example.severity == example.severity)
    #expect(found?.message.isEmpty == false)
    for finding in findings {
      #expect(!finding.text.contains("NotARealKey"), "a finding never quotes a key")
    }
  }

  @Test func `every code has a section of its own that says more than its name, and no other has`()
    throws
  {
    let text = try String(
      contentsOf: package.appending(path: "docs/findings.md"), encoding: .utf8)
    let sections = text.components(separatedBy: "\n### ").dropFirst().map {
      $0.components(separatedBy: "\n## ")[0].split(separator: "\n", maxSplits: 1).map(String.init)
    }
    let documented = sections.map { $0[0] }
    // The hooks have two codes of their own.
    let codes =
      Finding.Code.allCases.map(\.rawValue) + Violation.Code.allCases.map(\.rawValue)
      + ["half-staged", "not-tracked"]
    #expect(Set(documented) == Set(codes))
    #expect(documented.count == codes.count, "a code has two sections")
    for section in sections {
      #expect(
        section.count == 2 && section[1].contains(". ") && section[1].count > 50, "\(section)")
    }
  }

  @Test func `an override names each property that it changes, a variable too`() throws {
    let world = try World()
    try FindingCase.mistral("MISTRAL_API_KEY", "AWS_SECRET_ACCESS_KEY")(world)
    let finding = try #require(try world.findings().first)
    #expect(finding.message == "this changes key.env of the built-in 'mistral'")
    #expect(finding.hint?.contains("KEYVAULT_ALLOW_HOSTS") == true)
    try FindingCase.mistral("name: Mistral", "name: Wind")(world)
    #expect(try world.findings().map(\.hint) == [nil])
    try FindingCase.mistral("Bearer {key}", "Basic {key}")(world)
    let protected = try #require(try world.findings().first)
    #expect(protected.message == "this changes auth of the built-in 'mistral'")
    #expect(protected.hint?.contains("KEYVAULT_ALLOW_HOSTS") == true)
  }

  @Test func `a valid repository has no finding`() throws {
    let world = try World("environments: {p: {require: [openai], inherit: [q]}, q: {}}\n")
    try world.store("p/openai", FindingCase.key)
    try world.store("users/alice/mistral", "NotARealKeyNotARealKeyNotARealKe")
    try FindingCase.acme()(world)
    let outcome = try Validator(
      root: world.scratch.folder, now: World.now, program: Keyring.gpgProgram
    ).outcome()
    #expect(outcome.findings.map(\.text) == [])
    #expect(outcome.entries == 2)
    #expect(outcome.providers == 1)
  }

  @Test func `this project's own repository has no error`() throws {
    let findings = try Validator(root: package.path, now: World.now, program: Keyring.gpgProgram)
      .outcome().findings
    #expect(findings.filter { $0.severity == .error }.map(\.text) == [])
  }

  @Test func `findings are in the order of files and places`() throws {
    let world = try World("environments: {a: {require: [zzzz, yyyy]}}\n")
    try world.write("alice\nbob\n", to: "vault/.gpg-id")
    let positions = try world.findings().map(\.position)
    #expect(
      positions == [
        "keyvault.yaml:3:30", "keyvault.yaml:3:36", "vault/.gpg-id:1:1", "vault/.gpg-id:2:1",
      ])
  }

  @Test(arguments: [
    ("providers.d/acme.yaml", "lnks: {}\n", "unknown-key", "did you mean 'links'?"),
    ("providers.d/acme.yaml", "capabilities: [serch]\n", "wrong-value", "did you mean 'search'?"),
    ("providers.d/acme.yaml", "headers: {X-Version: \"a\\r\\nb\"}\n", "bad-format", ""),
    ("providers.d/acme.yaml", "concurrency: many\n", "wrong-type", ""),
    ("vault/p/openai.yaml", "ownr: alice\n", "unknown-key", "did you mean 'owner'?"),
  ])
  func `a fault of a schema is found where it stands`(
    file: String, line: String, code: String, hint: String
  ) throws {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    try FindingCase.acme()(world)
    var lines = try world.scratch.text(file).split(separator: "\n").map(String.init)
    // A key that is there already is replaced where it stands.
    let key = line.prefix { $0 != ":" } + ":"
    let place = lines.firstIndex { $0.hasPrefix(key) }
    if let place {
      lines[place] = String(line.dropLast())
    } else {
      lines.append(String(line.dropLast()))
    }
    try world.write(lines.map { $0 + "\n" }.joined(), to: file)
    let findings = try world.findings()
    let found = findings.first { $0.file == file && $0.line == (place ?? lines.count - 1) + 1 }
    #expect(found?.severity == .error, "\(findings.map(\.text))")
    #expect(found?.code == code)
    #expect(hint.isEmpty || found?.hint?.contains(hint) == true, "\(found?.hint ?? "none")")
  }

  @Test(arguments: [
    "probe: {request: GET /x, rules: [{status: 200, verdict: valid}]}",
    "probe: {request: GET /x, rules: [{status: 200, text: ok, verdict: valid, confirmed: false}]}",
    "probe: {request: GET /x, rules: [{verdict: invalid}]}",
    "probe: {request: GET /x, rules: [{status: 200, text: ok, verdict: unreachable}]}",
    "probe: {request: DELETE /x, rules: [{status: 401, verdict: invalid}]}",
    "probe: {request: \"GET /x?key={key}\", rules: [{status: 401, verdict: invalid}]}",
    "probe: {request: GET ftp://a.example.com/, rules: [{status: 401, verdict: invalid}]}",
    "probe: {request: GET /x, json: {}, rules: [{status: 401, verdict: invalid}]}",
    "key: {env: [ACME_KEY], formats: [{name: x, prefix: a, pattern: \"^(a+)+$\"}]}",
    "auth: {header: Host, value: \"{key}\\nx\"}", "auth: {header: \"a b\", value: \"{key}\"}",
    "base_url: http://u@a.example.com", "base_url: https://u:p@a.example.com",
    "logo: ../../etc/passwd", "logo: logos/a.png", "links: {docs: \"http://a.example.com\"}",
    "links: {keys: \"javascript:alert(1)\"}", "id: Acme",
  ])
  func `a provider file cannot say this`(line: String) throws {
    let world = try World()
    try FindingCase.acme()(world)
    let key = line.prefix { $0 != ":" } + ":"
    let text = try world.scratch.text("providers.d/acme.yaml").split(separator: "\n")
      .filter { !$0.hasPrefix(key) }
    try world.write((text + [Substring(line)]).joined(separator: "\n"), to: "providers.d/acme.yaml")
    let errors = try world.findings().filter { $0.severity == .error }
    #expect(!errors.isEmpty)
    #expect(errors.allSatisfy { $0.file == "providers.d/acme.yaml" })
  }

  @Test func `a folder without a configuration is not a repository`() throws {
    let scratch = Scratch()
    #expect(
      failure {
        _ = try Validator(root: scratch.folder, now: World.now, program: Keyring.gpgProgram)
          .outcome()
      }?.kind
        == .notFound)
  }

  @Test func `what a hostile name holds is shown without harm`() throws {
    let world = try World()
    try world.write("x", to: "vault/p/a\u{1b}[2J\u{202e}.gpg")
    try world.write("\u{1b}[2J@x\n", to: "vault/q/.gpg-id")
    let text = FindingReport(
      try Validator(root: world.scratch.folder, now: World.now, program: Keyring.gpgProgram)
        .outcome()
    )
    .text(Style())
    #expect(text.contains("\\u{1b}"))
    #expect(!text.contains("\u{1b}") && !text.contains("\u{202e}"))
  }

  @Test func `the text of a finding is fixed`() throws {
    let world = try World("environments: {p: {require: [opnai]}}\n")
    let report = FindingReport(
      try Validator(root: world.scratch.folder, now: World.now, program: Keyring.gpgProgram)
        .outcome())
    #expect(
      report.text(Style()) == """
        keyvault.yaml:3:30: error[unknown-provider]: unknown provider 'opnai'
          hint: did you mean 'openai'?

        """)
    #expect(
      report.text(Style(isColoured: true)).hasPrefix(
        "keyvault.yaml:3:30: \u{1b}[31merror[unknown-provider]\u{1b}[0m: unknown provider"))
    #expect((report.errors, report.warnings) == (1, 0))
    #expect(report.findings[0].text + "\n" == report.text(Style()))
  }
}
