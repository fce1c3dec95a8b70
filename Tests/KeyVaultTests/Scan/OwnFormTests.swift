import Testing

@testable import KeyVault

/// Forms and variables of a repository's own providers: they add to what is looked for, and hide nothing.
@Suite struct OwnFormTests {
  private static let openAI = "sk-proj-NotARealKey-NotARealKey-NotARealKey-1"

  /// A scan with a provider of the repository's own.
  private func scan(env: String = "ACME_API_KEY", formats: [String]) throws -> KeyScan {
    let world = try World()
    try world.write(
      """
      id: acme
      name: Acme
      description: x
      capabilities: [text-generation]
      base_url: https://api.acme.example
      auth: {header: Authorization, value: "Bearer {key}"}
      key:
        env: [\(env)]
        formats: [\(formats.joined(separator: ", "))]
      probe: none

      """, to: "providers.d/acme.yaml")
    let own = try world.repository.catalogue.own
    #expect(own.map(\.id) == ["acme"])
    return KeyScan(others: own)
  }

  private func form(_ name: String, _ prefix: String, _ length: String = "24..25") -> String {
    #"{name: \#(name), prefix: "\#(prefix)", chars: "A-Za-z0-9_-", length: \#(length)}"#
  }

  @Test func `a longer prefix, or the same one, hides no key of a built-in provider`() throws {
    let long = "sk-proj-NotARealKey-NotARealKey-"
    for prefix in ["sk-proj-N", "sk-proj-NotAReal", "sk-proj-", "sk-", long] {
      let scan = try scan(formats: [form("x", prefix)])
      let text = Array("the key is \(Self.openAI)\n".utf8)
      #expect(scan.firstKey(in: text)?.provider == "OpenAI", "\(prefix)")
      #expect(!scan.masked(Self.openAI).contains("NotARealKey"), "\(prefix)")
    }
  }

  @Test func `forms of the repository do not hide each other`() throws {
    let key = "acme-NotARealKey0123456789NotARealKey"
    let scan = try scan(
      formats: [form("a", "acme-", "30..60"), form("b", "acme-N"), form("c", "acme-NotA")])
    #expect(scan.firstKey(in: Array(key.utf8)) == KeyScan.Hit(provider: "Acme", line: 1))
  }

  @Test(arguments: ["TF_VAR_MISTRAL_API_KEY", "MY_MISTRAL_API_KEY", "MISTRAL_API_KEY"])
  func `a declared variable hides no key of a built-in provider`(env: String) throws {
    let value = "Zk3" + "qP9vT2xW7bN4mR8cL5jH1gF6dS0aY"
    let text = Array("TF_VAR_mistral_api_key = \"\(value)\"\nMY_MISTRAL_API_KEY=\(value)\n".utf8)
    #expect(KeyScan().firstKey(in: text)?.provider == "Mistral AI")
    let scan = try scan(env: env, formats: [form("x", "acme-")])
    #expect(scan.firstKey(in: text)?.provider == "Mistral AI")
  }

  /// Each of the forms is tried at each place: without a bound that is hours.
  @Test(.timeLimit(.minutes(10)))
  func `many forms that fit everywhere cost no more than their share, and that is said`() throws {
    let forms = (0..<90).map { form("f\($0)", "sss", "24..\(1000 + $0)") }
    let scan = try scan(formats: forms)
    func result(_ text: [UInt8]) -> KeySearch.Result {
      var search = KeySearch(with: scan, judgesLines: true)
      search.read(text[...])
      search.finish()
      return search.result
    }
    let lines = [UInt8](repeating: 0x73, count: 60) + [0x0a]
    let text = Array((0..<(1 << 14)).map { _ in lines }.joined())
    #expect(result(text) == .partlySearched)
    #expect(result(Array("a text as people write it, without keys\n".utf8)) == .nothing)
    // What is built in is found all the same.
    let key = Array((Self.openAI + "\n").utf8)
    guard case .key(let hit) = result(text + key) else {
      Issue.record("not found")
      return
    }
    #expect(hit.provider == "OpenAI" && hit.line == 1 << 14 + 1)
  }
}
