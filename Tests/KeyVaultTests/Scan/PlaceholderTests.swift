import Secrets
import Testing

@testable import KeyVault

/// Examples and templates are not keys, wherever a key is read.
struct PlaceholderTests {
  private static func objection(_ text: String, of id: String) throws -> String? {
    let provider = try #require(try Catalogue(root: nil).provider(id))
    return provider.objection(to: Array(text.utf8).span.bytes)
  }

  @Test(arguments: [
    ("sk-proj-your-key-goes-here-0123456789", "openai"), ("YOUR_API_KEY_0123456789_abc", "mistral"),
    ("<paste the key of the team in here>", "mistral"), ("{{ mistral_api_key_of_env }}", "mistral"),
    ("sk-proj-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "openai"), ("hf_" + x34, "huggingface"),
    ("sk-ant-api03-…", "anthropic"), ("sk-proj-abcDEF123456...7890ghiJKL", "openai"),
    ("changeme", "acme-like"), ("sk-proj-1111111111112345678901abcdefGHI", "openai"),
    ("gsk_abababababababababababababababab", "groq"), ("AKIAIOSFODNN7EXAMPLEKEY", "mistral"),
    ("replace-me-with-the-key-0123456789", "mistral"), ("%MISTRAL_API_KEY_OF_TEAM%", "mistral"),
    ("********************************", "mistral"),
    ("00000000000000000000000000000000", "mistral"),
  ])
  func `a placeholder is refused and called so`(text: String, provider: String) throws {
    let id = provider == "acme-like" ? "cohere" : provider
    #expect(
      try Self.objection(text, of: id)?.hasPrefix("this looks like a placeholder") == true,
      "\(text)")
  }

  private static let x34 = String(repeating: "x", count: 34)

  @Test func `no random key is taken for a placeholder`() throws {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-".utf8)
    for length in [20, 32, 52, 100, 160] {
      for _ in 0..<2_000 {
        let key = (0..<length).map { _ in alphabet.randomElement()! }
        #expect(
          Placeholder.objection(to: key.span.bytes) == nil,
          "\(String(decoding: key, as: UTF8.self))")
      }
    }
    for _ in 0..<2_000 {
      let key = (0..<32).map { _ in Array("0123456789abcdef".utf8).randomElement()! }
      let isVaried = Set(key).count >= 10
      #expect((Placeholder.objection(to: key.span.bytes) == nil) == isVaried)
    }
    #expect(
      Placeholder.objection(to: Array(#"{"type": "service_account", "id": 7}"#.utf8).span.bytes)
        == nil)
  }

  @Test func `the search for plaintext keys has the same rule`() {
    let scan = KeyScan()
    for text in ["sk-proj-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "hf_Your1Token2Here3abcdefghij456789"]
    {
      #expect(scan.firstKey(in: Array("K=\(text)\n".utf8)) == nil, "\(text)")
    }
    #expect(scan.firstKey(in: Array("K=sk-proj-NotARealKey-NotARealKey-12\n".utf8)) != nil)
  }
}
