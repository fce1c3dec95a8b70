import Foundation
import TestSupport
import Testing

/// What is written about the command line.
@Suite(.fewAtATime) struct DocumentationTests {
  private static let readme = World.repository.appending(path: "README.md")

  private struct Dump: Decodable {
    struct Command: Decodable {
      let commandName: String
      let subcommands: [Command]?
    }
    let command: Command
  }

  @Test func `README names every command`() throws {
    let world = try World()
    let dump = try JSONDecoder().decode(
      Dump.self, from: Data(try world.output("keyvault --experimental-dump-help").utf8))
    let names = (dump.command.subcommands ?? []).map(\.commandName).filter { $0 != "help" }
    #expect(names.count == 29, "\(names)")
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    for name in names {
      let pattern = #"(keyvault |\| |`)\#(name)\b"#
      #expect(text.range(of: pattern, options: .regularExpression) != nil, "\(name)")
    }
  }

  /// `RECORD=1` writes the table anew.
  @Test func `README's table of providers is the catalogue's`() throws {
    let world = try World()
    let table = try world.output("keyvault providers ls --format markdown")
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    let start = try #require(text.range(of: "<!-- providers -->\n"))
    let end = try #require(text.range(of: "<!-- /providers -->"))
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      let renewed = text[..<start.upperBound] + table + text[end.lowerBound...]
      try renewed.write(to: Self.readme, atomically: true, encoding: .utf8)
      return
    }
    #expect(text[start.upperBound..<end.lowerBound] == table)
  }
}
