import Foundation
import Testing

@testable import KeyVault

/// A suggested command does what it says when it is pasted.
struct ShellCommandTests {
  private static let words = [
    "plain", "production/openai", "My Key", "it's", "a\"b", "$(touch x)", "`id`", "a;b", "a&b", "~",
    "*", "", "back\\slash", "new\nline", "tab\there", "\u{1b}[2J", "’", "schlüssel", "a\u{202e}b",
    "\\'", "!x", "#c", "a=b c", "{a,b}", "--", "ключ 1", "'", "''", "\u{7f}",
  ]

  @Test func `a shell reads each inserted word as it was`() throws {
    for word in Self.words {
      let command = Shell("printf '%s|' \(word) \([word, "x"])")
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", command.description]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let output = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(String(decoding: output, as: UTF8.self) == "\(word)|\(word)|x|", "\(command)")
      // What is shown is what is pasted.
      #expect(command.description.printable == command.description)
    }
  }

  @Test func `a word that needs no quotes has none`() throws {
    let name = try EntryName("production/openai")
    #expect(
      Shell("keyvault get \(name) > \("a b")").description
        == "keyvault get production/openai > 'a b'")
    let inner = Shell("pass rm \("My Key")")
    #expect(Shell("sh -c \(inner)").description == "sh -c pass rm 'My Key'")
  }
}
