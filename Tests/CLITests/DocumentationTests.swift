import Foundation
import Testing

/// What is written about the command line.
@Suite struct DocumentationTests {
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
    #expect(names.count == 15, "\(names)")
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    for name in names {
      let pattern = #"(keyvault |\| |`)\#(name)\b"#
      #expect(text.range(of: pattern, options: .regularExpression) != nil, "\(name)")
    }
  }
}
