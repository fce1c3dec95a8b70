import Testing
import YAML

@Suite struct EditErrorTests {
  struct Case: Sendable {
    var text: String
    var edit: Edit
    var reason: EditError.Reason
    var path: [String]
    var place: Place

    init(
      _ text: String, _ edit: Edit, _ reason: EditError.Reason, _ path: [String], _ place: Place
    ) {
      (self.text, self.edit, self.reason) = (text, edit, reason)
      (self.path, self.place) = (path, place)
    }
  }

  static let cases = [
    Case("a: 1\n", .set([], .int(1)), .emptyPath, [], .start),
    Case(
      "a:\n  b: x\n", .set(["a", "b", "c"], .int(1)), .notMapping, ["a", "b"],
      Place(line: 2, column: 6)),
    Case("- 1\n", .set(["a"], .int(1)), .notMapping, [], .start),
    Case("a: 1\n", .remove(["b"]), .noSuchKey, ["b"], .start),
    Case("a:\n", .remove(["a", "b"]), .noSuchKey, ["a", "b"], Place(line: 1, column: 3)),
    Case("? a\n: 1\n? b\n: 2\n", .remove(["b"]), .unsupported, ["b"], Place(line: 4, column: 3)),
    Case(
      "a: 1\n", .setMapping(["b"], [("x", .int(1)), ("x", .int(2))]),
      .refused(.duplicateKey("x", first: Place(line: 2, column: 5))), ["b"], .start),
  ]

  @Test(arguments: cases) func `refuses an edit and keeps the document`(
    _ item: Case
  ) throws {
    var document = try Document(parsing: Array(item.text.utf8))
    let error = #expect(throws: EditError.self) { try item.edit.apply(to: &document) }
    #expect(error?.reason == item.reason)
    #expect(error?.path == item.path)
    #expect(error?.place == item.place)
    #expect(error?.message.hasSuffix(".") == false)
    #expect(document.bytes == Array(item.text.utf8))
  }

  @Test func `refuses to nest deeper than can be read`() throws {
    var document = try Document(parsing: Array("a: 1\n".utf8))
    let path = (0..<65).map { "k\($0)" }
    #expect(throws: EditError.self) { try document.set(path, to: .int(1)) }
    try document.set(Array(path.prefix(64)), to: .int(1))
    #expect(document.bytes.count > 64 * 64)
  }

  @Test func `refuses to grow beyond 1 MiB`() throws {
    var document = try Document(parsing: Array("a: 1\n".utf8))
    let long = String(repeating: "x", count: 1 << 20)
    let error = #expect(throws: EditError.self) { try document.set(["a"], to: .string(long)) }
    #expect(error?.reason == .refused(.tooLarge(bytes: 1 << 20 + 4)))
  }
}
