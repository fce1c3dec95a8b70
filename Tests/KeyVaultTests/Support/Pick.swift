import Testing

@testable import KeyVault

extension World {
  static let openAI = "sk-proj-NotARealKeyNotARealKeyNotARealKey"
  static let mistral = "NotARealKeyNotARealKeyNotARealKe"

  /// Adds a provider of text with a key of it in `p`: 200 is valid, 401 is invalid.
  func addText(
    _ id: String, at base: String, hosts: [String] = ["api.example.com"]
  ) throws {
    let acme = Acme(at: base)
    let text = acme.text.replacing("id: acme", with: "id: \(id)")
      .replacing("[search]", with: "[text-generation]")
      .replacing("ACME_API_KEY", with: "\(id.uppercased())_API_KEY")
    try write(text, to: "providers.d/\(id).yaml")
    try store("p/\(id)", "\(id)-NotARealKeyNotARealKey", hosts: hosts)
  }

  /// What is remembered, as a test of these entries left it.
  func past(
    _ verdicts: [(entry: String, verdict: Verdict)], of digest: String? = nil,
    through gateway: String? = nil
  ) throws -> History.Past {
    let repository = try repository
    let vault = repository.vault
    let records = try verdicts.map { entry, verdict in
      let name = try EntryName(entry)
      var result = TestResult(
        entry: entry, provider: name.name, verdict: verdict, checked: Self.now)
      result.digest = digest ?? vault.digest(of: name)
      result.question = try repository.catalogue.provider(name.name)?
        .question(through: gateway)
      return History.Record(result)
    }
    return History.Past(records: records, foreign: 0)
  }
}
