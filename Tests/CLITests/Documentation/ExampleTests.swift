import Foundation
import ProviderStub
import TestSupport
import Testing

/// The program below `Examples`, run as by a user, with a stand-in for the providers.
@Suite(.fewAtATime) struct ExampleTests {
  private static let chat = #"chat "$PWD" production 'Who are you?'"#

  private static let anthropic =
    #"{"request": "POST /v1/messages", "status": 200, "body": {"content": [{"text": "I am the second."}]}}"#
  private static let openAI =
    #"{"request": "POST /v1/chat/completions", "status": 200, "body": {"choices": [{"message": {"role": "assistant", "content": "I am the first."}}]}}"#

  /// Runs the example where the two providers answer so, OpenAI being preferred.
  private func run(
    openAI: String, anthropic: String = Self.anthropic
  ) throws -> (result: (output: String, errors: String, status: Int32), requests: [StubRequest]) {
    let world = try World()
    for (name, answer) in [("openai", openAI), ("anthropic", anthropic)] {
      let folder = world.root.appending(path: "answers/\(name)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(answer.utf8).write(to: folder.appending(path: "chat.json"))
    }
    let stub = try StubServer(answers: world.root.appending(path: "answers"))
    defer { stub.stop() }
    try world.output(
      """
      cp -a "$FILLED/." .
      cat >> keyvault.yaml <<'END'
      environments:
        production: {gateway: "http://127.0.0.1:\(stub.port)/{provider}@chat"}
      preferences:
        text-generation: [openai, anthropic]
      END
      """)
    let allowed = "export KEYVAULT_ALLOW_HOSTS=http://127.0.0.1:\(stub.port)\n"
    return (try world.run(allowed + Self.chat), stub.requests)
  }

  @Test func `the example asks the preferred provider`() throws {
    let (result, requests) = try run(openAI: Self.openAI)
    #expect(result.output == "OpenAI: I am the first.\n", "\(result.errors)")
    #expect(result.status == 0 && result.errors == "")
    #expect(requests.map(\.path) == ["/openai@chat/v1/chat/completions"])
    #expect(requests.first?.header("Authorization") == "Bearer \(Templates.openAI)")
  }

  @Test func `the example asks the next provider when the first is busy`() throws {
    let (result, requests) = try run(openAI: #"{"status": 429}"#)
    #expect(result.output == "Anthropic: I am the second.\n")
    #expect(result.errors == "skipped production/openai: HTTP 429\n")
    #expect(result.status == 0)
    #expect(
      requests.map(\.path) == ["/openai@chat/v1/chat/completions", "/anthropic@chat/v1/messages"])
    #expect(requests.last?.header("x-api-key") == Templates.anthropic)
  }

  @Test func `the example says why no provider served, without a part of a key`() throws {
    let (result, _) = try run(openAI: #"{"status": 429}"#, anthropic: #"{"status": 529}"#)
    #expect(result.status == 1 && result.output == "")
    #expect(
      result.errors.hasSuffix(
        "no key of 'production' serves text-generation: production/openai (rate_limited: HTTP 429); "
          + "production/anthropic (provider_error: HTTP 529)\n"), "\(result.errors)")
    #expect(Canary.leaks(in: result.errors) == [])
  }
}
