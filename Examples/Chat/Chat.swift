import Foundation
import KeyVault

/// The two forms in which most providers take a question: OpenAI's, which many have adopted, and
/// Anthropic's.
struct Chat {
  let model: String
  let path: String

  /// Throws for a provider whose form is not known here, which has the next one tried.
  init(_ provider: String) throws {
    switch provider {
    case "anthropic": (model, path) = ("claude-sonnet-4-5", "/v1/messages")
    case "openai": (model, path) = ("gpt-5-mini", "/chat/completions")
    case "mistral": (model, path) = ("mistral-small-latest", "/chat/completions")
    default: throw Refusal(.unreachable, message: "this program does not speak its form")
    }
  }

  func body(asking question: String) throws -> [UInt8] {
    let request = Request(
      model: model, messages: [Message(role: "user", content: question)], max_tokens: 200)
    return Array(try JSONEncoder().encode(request))
  }

  /// What the model said. An answer of another form has the next provider tried.
  func text(of answer: Credential.Answer) throws -> String {
    guard answer.status == 200,
      let reply = try? JSONDecoder().decode(Reply.self, from: Data(answer.body)),
      let text = reply.choices?.first?.message.content ?? reply.content?.first?.text
    else { throw Refusal(.providerError, status: answer.status, message: "no reply in its answer") }
    return text
  }

  private struct Message: Codable {
    var role: String
    var content: String
  }

  private struct Request: Encodable {
    var model: String
    var messages: [Message]
    var max_tokens: Int
  }

  private struct Reply: Decodable {
    struct Choice: Decodable { var message: Message }
    struct Part: Decodable { var text: String }
    var choices: [Choice]?
    var content: [Part]?
  }
}

/// Says something that is not the reply.
func complain(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}
