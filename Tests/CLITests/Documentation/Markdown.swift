import Foundation
import Testing

/// A page of documentation, as far as it shows what to type.
struct Markdown: Sendable {
  /// A block between two lines of three backticks.
  struct Fence: Sendable, CustomTestStringConvertible {
    let file: String
    let line: Int
    /// What it is in, such as `sh`; then words for the tests: `parsed` or `story=NAME` of a script, the name of
    /// the file that a block of YAML is an example of.
    let info: [String]
    let text: String

    var testDescription: String { "\(file):\(line)" }

    /// The blocks of one story happen one after the other, in one place.
    var story: String? { info.first { $0.hasPrefix("story=") }.map { String($0.dropFirst(6)) } }
  }

  let file: String
  let fences: [Fence]
  /// Code within the running text and in tables, in order.
  let spans: [(text: String, line: Int)]
  /// The lines outside of blocks; those of blocks are empty.
  let prose: [String]

  init(_ file: String) throws {
    self.file = file
    let text = try String(
      contentsOf: World.repository.appending(path: file), encoding: .utf8)
    var fences: [Fence] = []
    var prose: [String] = []
    var open: (line: Int, indentation: Int, info: [String], text: [Substring])?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let trimmed = line.drop { $0 == " " }
      if let fence = open {
        prose.append("")
        if trimmed == "```" {
          let text = fence.text.map { $0.dropFirst(fence.indentation) }.joined(separator: "\n")
          fences.append(
            Fence(file: file, line: fence.line, info: fence.info, text: text + "\n"))
          open = nil
        } else {
          open?.text.append(line)
        }
      } else if trimmed.hasPrefix("```") {
        prose.append("")
        let info = trimmed.dropFirst(3).split(separator: " ").map(String.init)
        open = (index + 1, line.count - trimmed.count, info, [])
      } else {
        prose.append(String(line))
      }
    }
    precondition(open == nil, "\(file):\(open?.line ?? 0): a fence is not closed")
    self.fences = fences
    self.prose = prose
    spans = Self.spans(in: prose)
  }

  private static func spans(in lines: [String]) -> [(text: String, line: Int)] {
    var spans: [(String, Int)] = []
    var span: (text: String, line: Int)?
    for (index, line) in lines.enumerated() {
      // A paragraph's end closes what was not meant as code.
      if line.isEmpty { span = nil }
      for (number, part) in line.split(separator: "`", omittingEmptySubsequences: false)
        .enumerated()
      {
        if number > 0 {
          if let ended = span {
            spans.append(ended)
            span = nil
            continue
          }
          span = ("", index + 1)
        }
        span?.text += part.replacing("\\|", with: "|")
      }
      span?.text += " "
    }
    return spans.map { text, line in
      (text.split(separator: " ").joined(separator: " "), line)
    }
  }

  /// Every page with commands.
  static let pages: [Markdown] = {
    let folder = World.repository.appending(path: "docs")
    let docs = try! FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    return (["README.md", "CONTRIBUTING.md", "SECURITY.md"] + docs).map { try! Markdown($0) }
  }()

  static let fences = pages.flatMap(\.fences)

  /// The blocks in that language.
  static func fences(in language: String) -> [Fence] {
    fences.filter { $0.info.first == language }
  }
}
