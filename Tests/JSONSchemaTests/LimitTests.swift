import JSONSchema
import Testing
import YAML

/// How much is explained of a document that has very many faults.
@Suite struct LimitTests {
  private func document(_ text: String) throws -> Node {
    try Document(parsing: Array(text.utf8)).root
  }

  @Test func `the first faults are explained, and the others counted`() throws {
    let schema = try Schema(json: Array(#"{"items": {"type": "string"}}"#.utf8))
    let list = try document("[" + String(repeating: "1,", count: 50_000) + "a]")
    let (violations, omitted) = schema.check(list, limit: 10)
    #expect(violations.map(\.path) == (0..<10).map { "/\($0)" })
    #expect(omitted == 49_990)
    #expect(schema.check(list, limit: 50_000).omitted == 0)
    #expect(schema.check(list).count == 50_000)
  }

  @Test func `a limit hides no fault of a valid document and makes none`() throws {
    let schema = try Schema(
      json: Array(
        #"{"anyOf": [{"required": ["a"]}, {"properties": {"b": {"type": "string"}}}]}"#.utf8))
    #expect(schema.check(try document("{b: x}"), limit: 1) == ([], 0))
    let (violations, omitted) = schema.check(try document("{b: 1}"), limit: 1)
    #expect(violations.count == 1 && omitted == 0)
  }

  @Test func `the forms of a value share what is left of the limit`() throws {
    let schema = try Schema(
      json: Array(
        #"""
        {"items": {"oneOf": [
          {"type": "object", "additionalProperties": false, "required": ["x"]},
          {"type": "string"}]}}
        """#.utf8))
    let item = "{" + (0..<100).map { "k\($0): 1" }.joined(separator: ", ") + "}"
    let list = try document("[\(item), \(item), \(item)]")
    let (violations, omitted) = schema.check(list, limit: 150)
    #expect(violations.count == 150)
    // Of the third item, for which nothing is left, only that it does not fit.
    #expect(omitted == 53)
  }

  @Test func `what is far too long is not searched for a form`() throws {
    let schema = try Schema(json: Array(#"{"maxLength": 3, "pattern": "^a*$"}"#.utf8))
    let violations = schema.check(try document(String(repeating: "b", count: 100_000)))
    #expect(violations.map(\.code) == [.tooLong])
  }
}

private func == (
  a: (violations: [Violation], omitted: Int), b: (violations: [Violation], omitted: Int)
) -> Bool {
  a.violations == b.violations && a.omitted == b.omitted
}
