import Foundation
import Testing

/// Links from one page of documentation to another, and to files of the repository.
@Suite struct DocumentedLinksTests {
  private static let changelog = try! Markdown("CHANGELOG.md")

  /// Of files of the repository; not those of the web.
  private static func links(in page: Markdown) -> [(target: String, line: Int)] {
    page.prose.enumerated().flatMap { index, line in
      line.matches(of: /\]\(([^()\s]+)\)/).map { (String($0.1), index + 1) }
    }.filter { !$0.target.contains("://") }
  }

  @Test func `every link leads to a file, and to a heading in it`() throws {
    var count = 0
    for page in Markdown.pages + [Self.changelog] {
      for (target, line) in Self.links(in: page) {
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let folder = URL(filePath: "/" + page.file).deletingLastPathComponent()
        let file =
          parts[0].isEmpty
          ? page.file
          : String(folder.appending(path: parts[0]).standardizedFileURL.path.dropFirst())
        let place = "\(page.file):\(line): \(target)"
        count += 1
        guard
          FileManager.default.fileExists(atPath: World.repository.appending(path: file).path)
        else {
          Issue.record("\(place): there is no such file")
          continue
        }
        if parts.count == 2 {
          let anchors = try Markdown(file).anchors
          #expect(anchors.contains(String(parts[1])), "\(place): there is no such heading")
        }
      }
    }
    #expect(count > 20)
  }

  @Test func `README leads to every page of documentation`() throws {
    let targets = Set(
      Self.links(in: try Markdown("README.md")).map { $0.target.prefix { $0 != "#" } })
    for page in Markdown.pages where page.file != "README.md" {
      #expect(targets.contains(page.file[...]), "README has no link to \(page.file)")
    }
  }

  @Test func `every page that is named in running text is there`() {
    for page in Markdown.pages {
      for span in page.spans {
        guard let match = span.text.wholeMatch(of: /(docs\/)?[A-Za-z-]+\.md/) else { continue }
        let file = World.repository.appending(path: String(match.0))
        #expect(
          FileManager.default.fileExists(atPath: file.path), "\(page.file):\(span.line): \(span)")
      }
    }
  }

  @Test func `an anchor is made as GitHub makes it`() {
    #expect(Markdown.anchor(of: "What `test` says") == "what-test-says")
    #expect(Markdown.anchor(of: "Signatures: who wrote it?") == "signatures-who-wrote-it")
    #expect(Markdown.anchor(of: "exec: CI & co, re-encrypt_all") == "exec-ci--co-re-encrypt_all")
  }
}

extension Markdown {
  /// A heading as a link names it: letters, digits, hyphens and underscores, spaces as hyphens.
  fileprivate static func anchor(of heading: some StringProtocol) -> String {
    String(
      heading.lowercased().filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
        .map { $0 == " " ? "-" : $0 })
  }

  /// Of its headings; a second one of the same text has `-1` behind it.
  fileprivate var anchors: Set<String> {
    var seen: [String: Int] = [:]
    var anchors: Set<String> = []
    for line in prose {
      guard let match = line.wholeMatch(of: /#{1,6} +(.+)/) else { continue }
      let anchor = Self.anchor(of: match.1)
      let number = seen[anchor, default: 0]
      seen[anchor] = number + 1
      anchors.insert(number == 0 ? anchor : "\(anchor)-\(number)")
    }
    return anchors
  }
}
