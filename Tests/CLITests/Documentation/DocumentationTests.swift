import Foundation
import TestSupport
import Testing

/// What is written about the command line.
@Suite(.fewAtATime) struct DocumentationTests {
  private static let commands = World.repository.appending(path: "docs/commands.md")
  private static let providers = World.repository.appending(path: "docs/providers.md")

  private struct Dump: Decodable {
    struct Command: Decodable {
      let commandName: String
      let subcommands: [Command]?
    }
    let command: Command
  }

  @Test func `the table of commands names every command`() throws {
    let world = try World()
    let dump = try JSONDecoder().decode(
      Dump.self, from: Data(try world.output("keyvault --experimental-dump-help").utf8))
    let names = (dump.command.subcommands ?? []).map(\.commandName).filter { $0 != "help" }
    #expect(names.count == 29, "\(names)")
    let text = try String(contentsOf: Self.commands, encoding: .utf8)
    for name in names {
      let pattern = #"(?m)^\|.*`\#(name)[ `].* \| "#
      #expect(text.range(of: pattern, options: .regularExpression) != nil, "\(name)")
    }
  }

  /// A visitor reads the first page in a few minutes; details have pages of their own.
  @Test func `README has at most 1,300 words`() throws {
    let text = try String(
      contentsOf: World.repository.appending(path: "README.md"), encoding: .utf8)
    #expect(text.split { $0.isWhitespace }.count <= 1300)
  }

  /// `RECORD=1` rewrites the table.
  @Test func `the documented table of providers is the catalogue's`() throws {
    let world = try World()
    let table = try world.output("keyvault providers ls --format markdown")
    let text = try String(contentsOf: Self.providers, encoding: .utf8)
    let start = try #require(text.range(of: "<!-- providers -->\n"))
    let end = try #require(text.range(of: "<!-- /providers -->"))
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      let renewed = text[..<start.upperBound] + table + text[end.lowerBound...]
      try renewed.write(to: Self.providers, atomically: true, encoding: .utf8)
      return
    }
    #expect(text[start.upperBound..<end.lowerBound] == table)
  }
}
