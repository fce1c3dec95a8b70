import Foundation
import ProviderStub
import TestSupport
import Testing

/// Whether programs of others send what `test` proved: each official Python SDK, with the variables
/// that `render` gives and no other.
@Suite(
  .fewAtATime,
  .enabled(if: Installation.shared.isPossible, "needs Python 3.11 with venv and pip, and an index"))
struct SDKTests {
  private static let sdks = Nightly.cases(SDK.all, of: "an official SDK sends its key as we do") {
    SDK.sample.contains($0.id)
  }

  @Test(arguments: sdks)
  func `an official SDK sends its key as we do`(_ sdk: SDK) throws {
    let python = try Installation.shared.python()
    let machine = Machine.shared
    let folder = try machine.repository(for: sdk)

    let rendered = try Machine.output("keyvault render sdk --format json --reveal", in: folder)
    let variables = try JSONDecoder().decode([String: String].self, from: Data(rendered.utf8))
    let errors = try run(sdk, with: variables, by: python, in: folder)
    let sent = machine.requests(for: sdk)

    // What it says of an answer is not of interest here.
    _ = try Machine.output("keyvault test sdk || true", in: folder)
    let asked = machine.requests(for: sdk).dropFirst(sent.count)

    let request = try #require(
      sent.first { !$0.headers(with: sdk.key).isEmpty }, "the SDK did not send its key: \(errors)")
    let probe = try #require(
      asked.first { !$0.headers(with: sdk.key).isEmpty }, "keyvault did not send its key")
    #expect(request.headers(with: sdk.key) == probe.headers(with: sdk.key))
    let path = sdk.path.map { "/\(sdk.id)\($0)" } ?? probe.pathWithoutQuery
    #expect(request.pathWithoutQuery == path)
    if let name = sdk.version {
      let version = try #require(request.header(name), "the SDK did not send \(name)")
      #expect(version == probe.header(name))
    }
  }

  /// Lets the SDK make its request; what it had to say, without the key.
  private func run(
    _ sdk: SDK, with variables: [String: String], by python: String, in folder: URL
  ) throws -> String {
    let gateway = "http://127.0.0.1:\(Machine.shared.stub.port)/\(sdk.id)"
    var environment = [
      "PATH": "/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8",
      // Nothing listens there: an SDK that ignores its base URL reaches no provider.
      "HTTPS_PROXY": "http://127.0.0.1:9",
    ]
    if let name = sdk.baseURL {
      let isGateway = variables[name]?.hasPrefix(gateway) == true
      try #require(isGateway, "'render' does not give \(name)")
    } else {
      environment["BASE_URL"] = gateway
    }
    let script = Machine.package.appending(path: "Tests/SDKTests/sdk.py").path
    let result = try shell(
      "'\(python)' '\(script)' \(sdk.id)", in: folder, environment: environment + variables)
    let errors = result.errors.replacing(sdk.key, with: "{key}")
    try #require(result.status == 0, "\(errors)")
    return errors
  }
}

extension StubRequest {
  /// The headers that hold `key`, as a provider's file writes them: `authorization: Bearer {key}`.
  func headers(with key: String) -> [String] {
    headers.filter { $0.value.contains(key) }
      .map { "\($0.name.lowercased()): \($0.value.replacing(key, with: "{key}"))" }
  }

  var pathWithoutQuery: String { String(path.prefix { $0 != "?" }) }
}

/// An official SDK, and what is known of it beforehand.
struct SDK: Sendable, CustomTestStringConvertible {
  /// Of the provider, and of the function in `sdk.py`.
  let id: String
  /// An invented key of the provider's form.
  let key: String
  /// Where the SDK reads its base URL; nil where it reads it nowhere, or where the provider's file
  /// says why it is not rendered.
  var baseURL: String?
  /// What the SDK asks for, where it has no method for the request that we probe with.
  var path: String?
  /// A header that says which version of the API is spoken.
  var version: String?
  /// A field that the credential needs.
  var field: String?

  init(
    _ id: String, _ prefix: String = "", baseURL: String? = nil, path: String? = nil,
    version: String? = nil, field: String? = nil
  ) {
    self.id = id
    key = prefix + String(repeating: "NotARealKey", count: 4)
    self.baseURL = baseURL
    self.path = path
    self.version = version
    self.field = field
  }

  /// Without the key.
  var testDescription: String { id }

  /// One that sends the key as a bearer, and one that has a header of its own for it.
  static let sample = ["openai", "anthropic"]

  static let all = [
    SDK("ai21", baseURL: "AI21_API_HOST"),
    SDK(
      "anthropic", "sk-ant-api03-", baseURL: "ANTHROPIC_BASE_URL", version: "anthropic-version"),
    SDK("assemblyai", baseURL: "ASSEMBLYAI_BASE_URL"),
    SDK("azure_openai", baseURL: "AZURE_OPENAI_ENDPOINT", field: "resource=example"),
    SDK("cerebras", "csk-", baseURL: "CEREBRAS_BASE_URL"),
    SDK("cohere", baseURL: "CO_API_URL", path: "/v1/models"),
    SDK("deepgram"),
    SDK("deepinfra", baseURL: "DEEPINFRA_BASE_URL", path: "/v1/sandboxes"),
    SDK("elevenlabs", "sk_"),
    SDK("fireworks", "fw_"),
    // The SDK has moved on to /v1; we ask where the answers on record come from.
    SDK("gemini", "AIza", baseURL: "GOOGLE_GEMINI_BASE_URL", path: "/v1/models"),
    SDK("groq", "gsk_", baseURL: "GROQ_BASE_URL"),
    SDK("huggingface", "hf_", baseURL: "HF_ENDPOINT"),
    SDK("luma", "luma-", baseURL: "LUMAAI_BASE_URL"),
    SDK("mistral"),
    SDK("novita", "sk_", path: "/v3/user"),
    SDK("openai", "sk-proj-", baseURL: "OPENAI_BASE_URL"),
    SDK("openrouter", "sk-or-v1-"),
    SDK("perplexity", "pplx-", baseURL: "PERPLEXITY_BASE_URL"),
    SDK("replicate", "r8_", baseURL: "REPLICATE_BASE_URL"),
    SDK("runway", "key_", baseURL: "RUNWAYML_BASE_URL", version: "X-Runway-Version"),
    SDK("together", "tgp_v1_", baseURL: "TOGETHER_BASE_URL", path: "/v1/files"),
    SDK("voyage", "pa-", path: "/v1/embeddings"),
  ]
}
