import Foundation
import FoundationXML
import TestSupport
import Testing
import YAML

@testable import KeyVault

/// Every escape sees a character that marks follow, which Swift takes for one other character.
struct EscapeTests {
  private static let marks = [
    "", "\u{301}", "\u{300}\u{301}", "\u{200D}", "\u{FE0F}", "\u{20DD}", "\u{E0101}", "\u{903}",
  ]

  @Test(arguments: marks) func `a shell reads a quoted word as it was`(mark: String) throws {
    for text in ["a'\(mark)b", "'\(mark)';touch x;'\(mark)'", "\(mark)'", "$(x)`y`\\\(mark)"] {
      let script = "printf %s " + text.shellQuoted
      for shell in ["/bin/sh", "/bin/bash"] {
        let result = try run([shell, "-c", script])
        #expect(result.status == 0 && result.text.utf8.elementsEqual(text.utf8), "\(script)")
      }
    }
  }

  @Test(arguments: marks) func `an annotation is one line with one message`(mark: String) {
    let text = "%\(mark)0A:\(mark):error file=x,\(mark)line=2::y\n\(mark)::error::z"
    let finding = Finding(
      code: "x,\(mark)y:\(mark)", severity: .error, file: text, message: text, hint: text)
    let annotations = githubAnnotations([finding]).utf8.split(separator: 0x0a)
    #expect(annotations.count == 1)
    let line = String(Substring(annotations[0]))
    let properties = Array(line.unicodeScalars.dropFirst("::error ".count))
    let end = zip(properties, properties.dropFirst()).enumerated().first {
      $0.element == (":", ":")
    }
    let head = properties[..<(end?.offset ?? 0)]
    #expect(head.split(separator: ",").count == 4 && !head.contains(":"), "\(line)")
    let codes = line.unicodeScalars.split(separator: "%").dropFirst()
    #expect(
      codes.allSatisfy { ["25", "3A", "2C", "0A"].contains(String($0.prefix(2))) }, "\(line)")
  }

  @Test(arguments: marks) func `a table of Markdown and XML keep their cells`(mark: String) throws {
    var table = MarkdownTable(["a", "b"])
    table.add(["x|\(mark)y", "`\(mark)<\(mark)img>"])
    let row = table.text(summary: "").split(separator: "\n").first { $0.contains("x\\|") }
    #expect(row?.unicodeScalars.split(separator: "|").count == 3)
    for live in [
      "https://evil.example/", "www.evil.example", "@acme/admins", "a$x$", "#12", ":skull:",
    ] {
      table.add([live + "|`\(mark)\\|", "y"])
    }
    // GitHub's rules: an escaped mark does not end a cell, and a code span ends at the next backtick.
    for line in table.text(summary: "").split(separator: "\n").dropFirst(3).prefix(6) {
      let cells = line.utf8.split(separator: UInt8(ascii: "|"))
      #expect(line.hasPrefix("| `") && line.utf8.count { $0 == UInt8(ascii: "`") } == 2, "\(line)")
      #expect(cells.count == 4, "\(line)")
      #expect(cells.prefix(2).allSatisfy { $0.last == UInt8(ascii: "\\") }, "\(line)")
    }
    let element = XMLElement("a", [("b", "\"\(mark) c=\"&\(mark)<\(mark)")])
    let parser = XMLParser(data: Data(element.document.utf8))
    #expect(parser.parse(), "\(element.document)")
  }

  @Test(arguments: marks) func `a message of SARIF has no link`(mark: String) throws {
    let text = "[Approve\(mark)](https://evil.example) \\[x\(mark)](1)"
    let finding = Finding(
      code: "x", severity: .error, file: "a", message: text, hint: "[h\(mark)](2)")
    let output = Array(try sarif([finding], toolVersion: "0").utf8)
    let parsed = try JSONSerialization.jsonObject(with: Data(output)) as? [String: Any]
    let runs = parsed?["runs"] as? [[String: Any]]
    let results = runs?.first?["results"] as? [[String: Any]]
    let message = try #require((results?.first?["message"] as? [String: Any])?["text"] as? String)
    var previous: Unicode.Scalar = " "
    for scalar in message.unicodeScalars {
      if scalar == "[" || scalar == "]" { #expect(previous == "\\", "\(message)") }
      previous = scalar
    }
  }

  @Test(arguments: marks) func `an edit of YAML reads back`(mark: String) throws {
    for (style, value) in [("x", "'\(mark)"), ("'x'", "a'\(mark): b"), ("\"x\"", "\"\(mark)#\\")] {
      var document = try Document(parsing: Array("k: \(style)\n".utf8))
      try document.set(["k"], to: .string(value))
      #expect(document.root["k"]?.string?.utf8.elementsEqual(value.utf8) == true)
    }
  }

  @Test func `no format of variables loses a mark`() throws {
    let value = Self.marks.map { "'\($0)\"\($0)$\($0)\\\($0)" }.joined()
    #expect(value.quotedForJSON.utf8.count > value.utf8.count)
    let decoded = try JSONDecoder().decode(
      [String].self, from: Data("[\(value.quotedForJSON)]".utf8))
    #expect(decoded.first?.utf8.elementsEqual(value.utf8) == true)
  }
}
