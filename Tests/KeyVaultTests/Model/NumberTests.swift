import Foundation
import Naming
import TestSupport
import Testing
import YAML

@testable import KeyVault

/// Numbers that anybody may write into a file or a commit, and what is computed from them.
@Suite(.fewAtATime)
struct NumberTests {
  static let extremes = [
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e400",
  ]

  private func node(_ text: String) throws -> Node {
    try Document(parsing: Array("x: \(text)\n".utf8)).root["x"]!
  }

  @Test(arguments: extremes) func `a serial stays where serials are`(text: String) throws {
    let serial = try node(text).serial
    #expect(serial.map { (0...Serial.greatest).contains($0) } ?? true)
    #expect(try node("7").serial == 7)
  }

  @Test(arguments: extremes + ["1000000000", "0", "-1"])
  func `a base with any serial is compared without a trap`(serial: String) throws {
    let world = try World()
    try world.store("p/openai", BaseCase.old, serial: 1)
    let sidecar = try world.sidecar("p/openai")
    try world.write(
      sidecar.replacing("serial: 1\n", with: "serial: \(serial)\n"), to: "vault/p/openai.yaml")
    try world.commit()
    for change in ["serial: \(serial)\n# c\n", "serial: 1\n", "serial: 1000000000\n"] {
      try world.write(
        sidecar.replacing("serial: 1\n", with: change), to: "vault/p/openai.yaml")
      _ = try world.findings(base: "main")
      _ = try world.repository.vault.lastSerial(of: EntryName("p/openai"))
    }
    try world.scratch.remove("vault/p/openai.gpg")
    try world.scratch.remove("vault/p/openai.yaml")
    _ = try world.findings(base: "main")
    #expect(
      try world.repository.vault.lastSerial(of: EntryName("p/openai")) < Serial.greatest)
  }

  @Test(
    arguments: [
      ("9223372036854775807w", nil), ("9223372036854775807h", nil), ("100000d", nil), ("-1d", nil),
      ("99999w", 699_993), ("1h", 1), ("24h", 1), ("25h", 2), ("90d", 90), ("d", nil), ("", nil),
      ("90d\u{301}", nil), ("9\u{301}d", nil),
    ] as [(String, Int?)])
  func `a duration is bounded`(text: String, days: Int?) throws {
    #expect(Node(.string(text)).days == days)
  }

  @Test(arguments: [Int.max, Int.min, 1 << 40, -(1 << 40), 0])
  func `a moment is in the years that dates can be written in`(seconds: Int) {
    let moment = Timestamp(seconds: seconds)
    #expect(moment.text.utf8.count == 20 && Timestamp(moment.text) == moment)
    for other in [Int.max, Int.min, 0] {
      let days = moment.days(since: Timestamp(seconds: other))
      #expect(abs(days) < 4_000_000)
    }
    for days in [Int.max, Int.min, 106_751_991_167_301] { _ = moment.adding(days: days) }
    #expect(moment.adding(days: .max) > Timestamp(seconds: 0))
  }

  @Test func `a commit of any time is dated`() throws {
    let world = try World()
    try world.store("p/openai", BaseCase.old, serial: 1)
    try world.commit()
    // What no git makes, and any git shows.
    let script = """
      tree=$(git rev-parse HEAD^{tree}); parent=$(git rev-parse HEAD)
      printf 'tree %s\\nparent %s\\nauthor a <a> 9223372036854775807 +0000\\ncommitter a <a> 9223372036854775807 +0000\\n\\nx\\n' \
        $tree $parent | git hash-object -w -t commit --literally --stdin | xargs git update-ref HEAD
      """
    let made = try run(["/bin/bash", "-e", "-c", script], in: world.scratch.folder)
    try #require(made.status == 0, "\(made.errors)")
    let history = try VaultHistory(of: world.repository)
    #expect(!history.states.isEmpty)
    _ = try world.findings(base: "HEAD~1", readsHistory: true)
  }

  @Test(arguments: ["{a}{a}", "{a}{b}{a}", "{a}-{a}", "{a}"])
  func `a template may name a field twice`(host: String) throws {
    let text = """
      id: acme
      name: Acme
      capabilities: [text-generation]
      base_url: https://\(host).example/v1
      auth: {header: Authorization, value: "Bearer {key}"}
      key: {env: [ACME_API_KEY], fields: [{name: a, required: true}, {name: b, required: true}]}
      probe: none
      """
    let provider = Provider(try Document(parsing: Array(text.utf8)).root, source: .builtIn)
    #expect(Set(provider.hostFields).isSubset(of: ["a", "b"]))
    let url = provider.baseURL(["a": "x", "b": "y"])
    #expect(
      url == "https://" + host.replacing("{a}", with: "x").replacing("{b}", with: "y")
        + ".example/v1")
    let world = try World()
    try world.write(text + "\n", to: "providers.d/acme.yaml")
    _ = try world.findings()
    let answers = Scratch()
    try answers.write("{}", to: "acme/valid.json")
    _ = try? world.repository.catalogue.provider("acme")
  }

  @Test func `a limit of nothing shows nothing`() {
    #expect("abc".printable(limit: 0) == "…" && "".printable(limit: 0) == "")
    let text = "e" + String(repeating: "\u{301}", count: 20_000)
    #expect(text.printable(limit: 128).unicodeScalars.count == 128)
  }
}
