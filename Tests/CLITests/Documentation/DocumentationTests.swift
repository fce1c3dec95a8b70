import Foundation
import TestSupport
import Testing

/// What is written about the command line.
@Suite(.fewAtATime) struct DocumentationTests {
  private static let commands = World.repository.appending(path: "docs/commands.md")
  private static let providers = World.repository.appending(path: "docs/providers.md")

  /// `RECORD=1` rewrites the page.
  @Test func `the page of commands is what the parser says of each, in the groups of the help`()
    throws
  {
    let world = try World()
    let page = try CommandsPage(
      dump: world.output("keyvault --experimental-dump-help"),
      help: world.output("keyvault --help"))
    #expect(Set(page.names) == page.displayed)
    #expect(page.names.count == page.displayed.count && page.names.count > 20)
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try page.text.write(to: Self.commands, atomically: true, encoding: .utf8)
      return
    }
    #expect(try String(contentsOf: Self.commands, encoding: .utf8) == page.text)
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
