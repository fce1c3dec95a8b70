import Foundation
import TestSupport
import Testing

/// Commands in the documentation, run here. New blocks and commands are found by
/// themselves.
@Suite(.fewAtATime, .needsPython) struct DocumentedCommandsTests {
  private static let usage = Result {
    try Usage(World().output("keyvault --experimental-dump-help"))
  }

  private func expectUsage(_ script: String, _ place: String) throws {
    let usage = try Self.usage.get()
    for words in ShellText(script).commands {
      if let fault = usage.fault(in: words) { Issue.record("\(place): \(fault): \(words)") }
    }
  }

  /// In which nothing is typed, and which therefore holds no command.
  private static let shownOnly = ["text", "diff", "json"]

  @Test func `every block says what it is, and has only commands and options that there are`()
    throws
  {
    for fence in Markdown.fences {
      let place = fence.testDescription
      switch fence.info.first {
      case "sh": try expectUsage(fence.text, place)
      case "console":
        let lines = fence.text.split(separator: "\n").filter { $0.hasPrefix("$ ") }
        #expect(!lines.isEmpty, "\(place)")
        try expectUsage(lines.map { $0.dropFirst(2) }.joined(separator: "\n"), place)
      case "yaml": #expect(fence.info.count > 1, "\(place): of which file is this an example?")
      case let language? where Self.shownOnly.contains(language):
        let typed = fence.text.split(separator: "\n").filter {
          $0.hasPrefix("keyvault ") || $0.hasPrefix("$ ")
        }
        #expect(typed.isEmpty, "\(place): a command is in a block that is not run")
      default:
        Issue.record("\(place): say what is in this block: sh, console, yaml, json, diff or text")
      }
    }
    #expect(Markdown.fences.count > 20)
  }

  @Test func `every command in the running text has only options that there are`() throws {
    var count = 0
    for page in Markdown.pages {
      for span in page.spans where span.text.contains("keyvault ") || span.text.hasPrefix("make ") {
        try expectUsage(span.text, "\(page.file):\(span.line)")
        count += 1
      }
    }
    #expect(count > 30)
  }

  @Test(arguments: Story.all) func `the commands of a block end as the text promises`(
    _ story: Story
  ) throws {
    let world = try StoryWorld()
    let beginning = try #require(Story.beginnings[story.name], "no world for '\(story.name)'")
    _ = try world.output(beginning)
    var steps: [(before: String, line: String, after: String)] = []
    for fence in story.fences {
      let text = try world.text(fence.text)
      if fence.info.first == "sh" {
        steps += ShellText.lines(of: text).map { line in
          func meanwhile(_ table: [String: String]) -> String {
            table.first { line.hasPrefix($0.key) }?.value ?? ""
          }
          return (meanwhile(Story.before), line, meanwhile(Story.after))
        }
      } else {
        steps.append(try Example(fence).step(text))
      }
    }
    let (shown, statuses) = try world.type(steps, pasting: story.pasted)
    for (index, step) in steps.enumerated() {
      let status = index < statuses.count ? statuses[index] : nil
      #expect(status == Story.status(promisedBy: step.line), "\(step.line)\n\(shown)")
    }
  }
}

/// A file of which a block shows an example, within a story.
private struct Example {
  let fence: Markdown.Fence

  init(_ fence: Markdown.Fence) { self.fence = fence }

  /// Writes it, and has it checked.
  func step(_ text: String) throws -> (before: String, line: String, after: String) {
    let file = try #require(fence.info.dropFirst().first { !$0.contains("=") })
    return (StoryWorld.script(adding: text, to: file), "keyvault validate", "")
  }
}
