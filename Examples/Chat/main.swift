// Asks a question of the first provider of text that serves, and of the next one where it does not:
//
//     chat REPOSITORY ENVIRONMENT QUESTION
//
// The key is never a string here. What is passed over, and why, goes to standard error.
import Foundation
import KeyVault

guard CommandLine.arguments.count == 4 else {
  complain("usage: chat REPOSITORY ENVIRONMENT QUESTION")
  exit(64)
}
let environment = CommandLine.arguments[2]
let question = CommandLine.arguments[3]

do {
  var options = Credentials.Options()
  options.allowedHosts = ProcessInfo.processInfo.environment["KEYVAULT_ALLOW_HOSTS"] ?? ""
  let credentials = try Credentials(at: CommandLine.arguments[1], options: options) { skip in
    complain("skipped \(skip.entry): \(skip.reason)")
  }
  let reply = try await credentials.withCredential(for: .textGeneration, in: environment) {
    credential in
    let chat = try Chat(credential.provider.id)
    let answer = try await credential.send("POST", chat.path, json: chat.body(asking: question))
    return (provider: credential.provider.name, text: try chat.text(of: answer))
  }
  print("\(reply.provider): \(reply.text)")
} catch {
  complain("\(error)")
  exit(1)
}
