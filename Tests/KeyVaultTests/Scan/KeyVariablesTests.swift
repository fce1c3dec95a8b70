import Testing

@testable import KeyVault

/// Keys without a prefix, which the names of their variables tell.
@Suite struct KeyVariablesTests {
  /// An invented key of 32 letters and digits, as Mistral's keys are.
  private static let mistral = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6"

  @Test(arguments: [
    "MISTRAL_API_KEY=\(mistral)", "export MISTRAL_API_KEY=\"\(mistral)\"",
    "MISTRAL_API_KEY: '\(mistral)'",
    #"  "MISTRAL_API_KEY": "\#(mistral)","#, #"os.environ["MISTRAL_API_KEY"] = "\#(mistral)""#,
    #"key = os.getenv("MISTRAL_API_KEY", "\#(mistral)")"#, "ENV MISTRAL_API_KEY \(mistral)",
    "docker run -e MISTRAL_API_KEY=\(mistral) x", "setx MISTRAL_API_KEY \(mistral)",
    "const mistralApiKey: string = `\(mistral)`;", "mistral-api-key = \(mistral)",
    "curl --mistral-api-key \(mistral)", "TF_VAR_mistral_api_key=\(mistral)",
    "VITE_MISTRAL_API_KEY=\(mistral)", "spring.ai.mistral.api-key=\(mistral)",
    "- name: MISTRAL_API_KEY\n  value: \(mistral)",
    #"{"name": "MISTRAL_API_KEY", "value": "\#(mistral)"}"#,
    #"<add key="MISTRAL_API_KEY" value="\#(mistral)"/>"#,
    "process.env.MISTRAL_API_KEY ?? '\(mistral)'",
    "${MISTRAL_API_KEY:-\(mistral)}", #"{\"MISTRAL_API_KEY\": \"\#(mistral)\"}"#,
    "https://x.test/?mistral_api_key=\(mistral)&a=b",
    "https://x.test/?u=mistral_api_key%3D\(mistral)%26",
    "data:\n  MISTRAL_API_KEY: \(String(decoding: KeyScanTests.base64(mistral), as: UTF8.self))",
    "MISTRAL_API_KEY: str = b'\(mistral)'", "#define MISTRAL_API_KEY \"\(mistral)\"",
  ])
  func `a key without a prefix is found by the name of its variable`(text: String) {
    let hit = KeyScan().firstKey(in: Array(text.utf8))
    #expect(hit?.provider == "Mistral AI", "\(text)")
    let encoded = KeyScan().firstKey(in: KeyScanTests.base64(text))
    #expect(encoded?.provider == hit?.provider, "\(text)")
    let encodedKey = String(decoding: KeyScanTests.base64(Self.mistral), as: UTF8.self)
    let without = text.replacing(Self.mistral, with: "x").replacing(encodedKey, with: "x")
    #expect(KeyScan().firstKey(in: Array(without.utf8)) == nil)
  }

  @Test func `every provider's variables are known, with a key of its own form`() {
    for provider in BuiltIn.all {
      guard let format = provider.formats.first(where: { $0.prefix.isEmpty }) else { continue }
      for variable in provider.allVariables {
        let value = (0..<20).lazy.map { _ in KeyScanTests.key(format, KeyScanTests.isWord) }.first {
          Randomness($0[...]).isLikely
        }
        let text = Array("\(variable)=".utf8) + (value ?? [])
        #expect(KeyScan().firstKey(in: text) != nil, "\(String(decoding: text, as: UTF8.self))")
      }
    }
  }
}
