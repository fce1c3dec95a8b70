import Testing
import YAML

@Suite struct EditPropertyTests {
  /// Lines that the edit of a path must not touch: all but those of the value, of a flow mapping
  /// or a written null around it, and of a mapping that loses its only key.
  private func untouched(
    _ document: RandomDocument, by path: [String], emptying parent: [String]?
  ) -> [String] {
    document.lines.filter { line in
      let isValue = line.owner.starts(with: path)
      let isAround = path.starts(with: line.owner) && isInline(line.text)
      return !isValue && !isAround && (line.owner != parent || !line.text.contains(":"))
    }.map(\.text)
  }

  private func isInline(_ line: String) -> Bool {
    line.contains(": {") || line.contains(": null") || line.contains(": ~")
  }

  private func split(_ document: Document, _ lineBreak: String) -> [String] {
    String(decoding: document.bytes, as: UTF8.self)
      .split(separator: Character(lineBreak), omittingEmptySubsequences: false).map(String.init)
  }

  /// Whether all lines are there, in their order.
  private func isSubsequence(_ lines: [String], of all: [String]) -> Bool {
    var rest = all[...]
    for line in lines {
      guard let index = rest.firstIndex(of: line) else { return false }
      rest = rest[(index + 1)...]
    }
    return true
  }

  private func randomScalar(_ random: inout Seeded) -> (Scalar, Tree) {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return (.int(42), .int(42))
    case 1: return (.bool(false), .bool(false))
    case 2: return (.null, .null)
    default:
      let string = RandomDocument.string(&random)
      return (.string(string), .string(string))
    }
  }

  @Test(arguments: 0..<20) func `an edit does what it says and no more`(_ batch: Int) throws {
    for number in 0..<150 {
      let seed = UInt64(batch * 150 + number)
      let text = RandomDocument(seed: seed)
      var random = Seeded(state: seed &+ 1 << 40)
      var document = try Document(parsing: Array(text.text.utf8))
      let before = Tree(document.root)
      var path = text.paths.randomElement(using: &random)!
      let kind = Int.random(in: 0..<3, using: &random)
      let expected: Tree
      do {
        switch kind {
        case 0:
          expected = before.removing(path[...])
          try document.remove(path)
        default:
          if kind == 1 { path = place(for: path, in: before) }
          let (scalar, tree) = randomScalar(&random)
          expected = before.setting(path[...], to: tree)
          try document.set(path, to: scalar)
        }
      } catch {
        Issue.record("seed \(seed): \(path): \(error)\n\(text.text)")
        continue
      }
      let after = String(decoding: document.bytes, as: UTF8.self)
      let story: Comment = "seed \(seed): \(kind) \(path)\n\(text.text)\n--\n\(after)"
      let isAsExpected = try Tree(document.root) == expected && Tree.read(after) == expected
      #expect(isAsExpected, story)
      let emptied = kind == 0 ? emptied(by: path, in: before) : nil
      var kept = untouched(text, by: path, emptying: emptied)
      // Blank lines that would become the text of a '>+' above are taken away with the key.
      if kind == 0, text.text.contains(">+") { kept.removeAll { $0.isEmpty } }
      let lineBreak = text.text.contains(text.lineBreak) ? text.lineBreak : "\n"
      #expect(isSubsequence(kept, of: split(document, lineBreak)), story)
      if kind == 1 {
        #expect(after.hasSuffix(lineBreak) == text.text.hasSuffix(lineBreak), story)
      }
    }
  }

  /// A new key beside or below a path: wherever one can stand.
  private func place(for path: [String], in tree: Tree) -> [String] {
    switch tree[path[...]] {
    case .null, .map: path + ["new", "deep"]
    default: path.dropLast() + ["new"]
    }
  }

  /// The mapping that holds nothing but this key.
  private func emptied(by path: [String], in tree: Tree) -> [String]? {
    guard path.count > 1, case .map(let entries) = tree[path.dropLast()], entries.count == 1 else {
      return nil
    }
    return path.dropLast()
  }
}
