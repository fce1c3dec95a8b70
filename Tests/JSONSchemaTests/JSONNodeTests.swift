import JSONSchema
import Testing
import YAML

struct JSONNodeTests {
  @Test func `reads every kind of value`() throws {
    let node = try Node(json: #"{"a": [null, true, 3, 0.5, "x"], "b": {}}"#)
    let items = try #require(node["a"]?.sequence)
    #expect(items.count == 5)
    guard case .null = items[0].value else {
      Issue.record("not null but \(items[0])")
      return
    }
    #expect(items[1].bool == true)
    #expect(items[2].int == 3)
    #expect(items[3].number == 0.5)
    #expect(items[3].int == nil)
    #expect(items[4].string == "x")
    #expect(node["b"]?.mapping?.isEmpty == true)
    #expect(node.place == .start)
  }

  @Test(arguments: [
    ("1.0", 1), ("1e3", 1000), ("-0", 0), ("9007199254740993", 9_007_199_254_740_993),
  ])
  func `a whole number is an int, however it is written`(text: String, value: Int) throws {
    #expect(try Node(json: text).int == value)
  }

  @Test func `an integer keeps its last digit behind fractions of the same name`() throws {
    let node = try Node(json: #"[{"n": 0.5}, {"n": 9007199254740993}]"#)
    #expect(node.sequence?[1]["n"]?.int == 9_007_199_254_740_993)
  }

  @Test func `an integer beyond Int is a double`() throws {
    let node = try Node(json: "12345678910111213141516")
    #expect(node.int == nil)
    #expect(node.number == 1.2345678910111213141516e22)
  }

  @Test func `reads surrogate pairs and an escaped NUL`() throws {
    #expect(try Node(json: #""\ud83d\ude00""#).string == "😀")
    #expect(try Node(json: #""a\u0000b""#).string == "a\0b")
  }

  @Test func `values of one name may differ in kind`() throws {
    let node = try Node(
      json: #"[{"v": "a"}, {"v": 1}, {"v": [2]}, {"v": {"w": true}}, {"v": null}]"#)
    let values = try #require(node.sequence).map { $0["v"] }
    #expect(values[0]?.string == "a")
    #expect(values[1]?.int == 1)
    #expect(values[2]?.sequence?.first?.int == 2)
    #expect(values[3]?["w"]?.bool == true)
    #expect(values[4] != nil)
  }

  @Test(arguments: [
    "", "[1", #"{"a""#, "{} x", "{}{}", "[1,]", #"{"a":1,}"#, "[01]", "'a'", "{a:1}", "NaN",
    "[1 // no\n]", #""\ud800""#, "1e400", "\"a\nb\"",
  ])
  func `half a document, two of them, or no JSON is malformed`(text: String) {
    #expect(throws: JSONError.malformed) { try Node(json: text) }
  }

  @Test func `a NUL and bytes that are not UTF-8 are refused`() {
    #expect(throws: JSONError.containsNUL) { try Node(json: "{}\0") }
    #expect(throws: JSONError.notUTF8) { try Node(json: [0x22, 0xC3, 0x28, 0x22]) }
    #expect(throws: JSONError.notUTF8) { try Node(json: [0xFF, 0xFE, 0x7B, 0x7D]) }
  }

  @Test(arguments: [65, 100_000])
  func `more than 64 levels are refused`(depth: Int) {
    let list = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect(throws: JSONError.tooDeep) { try Node(json: list) }
    let mapping = String(repeating: #"{"a":"#, count: depth)
    #expect(throws: JSONError.tooDeep) { try Node(json: mapping) }
  }

  @Test func `64 levels are read, and brackets in a string do not count`() throws {
    let text = String(repeating: "[", count: 64) + #""[[[[\"[""# + String(repeating: "]", count: 64)
    _ = try Node(json: text)
  }

  @Test func `an error says nothing of the document`() {
    let error = #expect(throws: JSONError.self) { try Node(json: #"{"key": "not-for-logs" "#) }
    #expect(error.map { "\($0)" } == "not valid JSON")
  }
}

extension Node {
  init(json text: String) throws(JSONError) {
    try self.init(json: Array(text.utf8))
  }
}
