import JSONSchema
import Testing
import YAML

struct JSONTests {
  @Test func `reads a surrogate pair`() throws {
    #expect(try Node(json: Array(#""\ud83d\ude00""#.utf8)).string == "😀")
  }
}
