import JSONSchema
import Testing
import YAML

@testable import KeyVault

/// The examples of RFC 8785, as far as our files can hold such values.
struct CanonicalJSONTests {
  private func canonical(_ json: String) throws -> String? {
    CanonicalJSON.text(of: try Node(json: Array(json.utf8)))
  }

  @Test func `section 3_2_2: literals and the string`() throws {
    let json = #"""
      {
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
      }
      """#
    #expect(
      try canonical(json)
        == #"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#)
  }

  @Test func `section 3_2_3: keys are sorted by their UTF-16 code units`() throws {
    let json = #"""
      {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis"
      }
      """#
    #expect(
      try canonical(json)
        == "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\","
        + "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
        + "\"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}")
  }

  @Test func `every control character has its one escape`() throws {
    let all = String(String.UnicodeScalarView((0..<0x21).compactMap(Unicode.Scalar.init)))
    #expect(
      CanonicalJSON.text(of: Node(.string(all + "\u{7f}/é"))) == #""\u0000\u0001\u0002\u0003"#
        + #"\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014"#
        + #"\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f "#
        + "\u{7f}/é\"")
  }

  @Test func `appendix B: integers are exact, and other numbers have no form`() throws {
    for (json, text) in [
      ("0", "0"), ("-0.0", "0"), ("3.0", "3"), ("1e3", "1000"), ("-5", "-5"),
      ("9007199254740991", "9007199254740991"), ("-9007199254740991", "-9007199254740991"),
    ] {
      #expect(try canonical(json) == text)
    }
    for json in ["0.5", "9007199254740992", "1e21", "[1, [0.5]]", #"{"a": 1.5}"#] {
      #expect(try canonical(json) == nil, "\(json)")
    }
  }

  @Test func `what is written differently and means the same has one form`() throws {
    let yaml = "b: 'x'\na: {d: 1, c: [true, null]} # note\n"
    let flow = "{\"a\": {c: [true,\n ~], \"d\": 0x1}, b: x}"
    let texts = try [yaml, flow].map {
      CanonicalJSON.text(of: try Document(parsing: Array($0.utf8)).root)
    }
    #expect(texts == [#"{"a":{"c":[true,null],"d":1},"b":"x"}"#, texts[0]])
  }

  @Test func `keys that only look alike stay apart`() {
    func document(_ key: String) -> Node { Node(.mapping([Node.Pair(key: key, .int(1))])) }
    let composed = CanonicalJSON.text(of: document("\u{e9}"))
    let decomposed = CanonicalJSON.text(of: document("e\u{301}"))
    #expect(composed.map { Array($0.utf8) } != decomposed.map { Array($0.utf8) })
  }
}
