import JSONSchema
import Testing
import YAML

struct ViolationTests {
  static let provider = #"""
    {
      "type": "object",
      "properties": {
        "name": {"type": "string", "minLength": 1},
        "endpoint": {"type": "string", "pattern": "^https://", "description": "an https URL"},
        "status": {"enum": ["active", "deprecated"]},
        "capabilities": {"type": "array", "minItems": 1, "uniqueItems": true,
          "items": {"enum": ["vision", "embeddings"]}},
        "timeout": {"type": "integer", "minimum": 1, "maximum": 60},
        "auth": {"type": "object", "required": ["header"], "additionalProperties": false,
          "properties": {"header": {"type": "string"}}}
      },
      "required": ["name"],
      "additionalProperties": false
    }
    """#

  @Test func `names a misspelt key at the key, and a missing one at its mapping`() throws {
    let document = mapping(
      line: 3, column: 1,
      [
        "endpont": text("https://example.com", 3, 10),
        "status": text("actve", 4, 9),
        "auth": mapping(line: 6, column: 3, ["value": text("x", 6, 10)]),
        "colour": text("red", 7, 9),
      ])
    #expect(
      lines(try Schema(Self.provider).check(document)) == [
        "3:1 unknown-key /endpont: unknown key 'endpont' (did you mean 'endpoint'?)",
        "3:1 missing-key : missing key 'name'",
        "4:9 wrong-value /status: 'status' cannot be 'actve' (did you mean 'active'?)",
        "6:1 unknown-key /colour: unknown key 'colour' (known keys are 'auth', "
          + "'capabilities', 'endpoint', 'name', 'status' and 'timeout')",
        "6:3 unknown-key /auth/value: unknown key 'value' (the only known key is 'header')",
        "6:3 missing-key /auth: missing key 'header' in 'auth'",
      ])
  }

  @Test func `names items of a list by their number`() throws {
    let document = mapping(
      line: 1, column: 1,
      [
        "name": text("x", 1, 7),
        "capabilities": list(
          text("vision", 3, 5), text("embedings", 4, 5), text("vision", 5, 5), line: 3, column: 3),
      ])
    let found = lines(try Schema(Self.provider).check(document))
    #expect(
      found == [
        "4:5 wrong-value /capabilities/1: item 2 of 'capabilities' cannot be 'embedings' "
          + "(did you mean 'embeddings'?)",
        "5:5 not-unique /capabilities/2: item 3 of 'capabilities' repeats 'vision'",
      ])
  }

  @Test(arguments: [
    (
      #"{"name": "", "capabilities": "vision"}"#,
      [
        "wrong-type /capabilities: 'capabilities' must be a list, not a string",
        "too-short /name: 'name' must not be empty",
      ]
    ),
    (#"{"name": 5}"#, ["wrong-type /name: 'name' must be a string, not an integer"]),
    (#"{"name": null}"#, ["wrong-type /name: 'name' must be a string, not null"]),
    (#"{"name": true}"#, ["wrong-type /name: 'name' must be a string, not true"]),
    ("[]", ["wrong-type : the document must be a mapping, not a list"]),
    (
      #"{"name": "x", "endpoint": "http://example.com"}"#,
      ["bad-format /endpoint: 'endpoint' has the wrong form (an https URL)"]
    ),
    (
      #"{"name": "x", "capabilities": []}"#,
      ["too-few /capabilities: 'capabilities' must not be empty"]
    ),
    (
      #"{"name": "x", "timeout": 0}"#,
      ["too-small /timeout: 'timeout' must be at least 1, not 0"]
    ),
    (
      #"{"name": "x", "timeout": 61}"#,
      ["too-large /timeout: 'timeout' must be at most 60, not 61"]
    ),
    (
      #"{"name": "x", "timeout": 1.5}"#,
      ["wrong-type /timeout: 'timeout' must be an integer, not a number"]
    ),
    (
      #"{"name": "x", "status": "gone"}"#,
      [
        "wrong-value /status: 'status' cannot be 'gone' "
          + "(known values are 'active' and 'deprecated')"
      ]
    ),
    (#"{"name": "x", "timeout": 1.0, "status": "active"}"#, []),
  ])
  func `says what is wrong with a value`(document: String, expected: [String]) throws {
    let found = lines(try Schema(Self.provider).check(json: document))
    #expect(found == expected.map { "1:1 \($0)" })
  }

  @Test(arguments: [
    (#"{"const": 1}"#, "2", "wrong-value : the document must be 1, not 2"),
    (
      #"{"maxLength": 1}"#, #""ab""#,
      "too-long : the document must have at most 1 character, not 2"
    ),
    (
      #"{"minLength": 3}"#, #""ab""#,
      "too-short : the document must have at least 3 characters, not 2"
    ),
    (#"{"exclusiveMinimum": 1}"#, "1", "too-small : the document must be more than 1, not 1"),
    (#"{"exclusiveMaximum": 1}"#, "1", "too-large : the document must be less than 1, not 1"),
    (#"{"multipleOf": 2}"#, "3", "not-multiple : the document must be a multiple of 2, not 3"),
    (#"{"maxItems": 1}"#, "[1, 2]", "too-many : the document must have at most 1 item, not 2"),
    (
      #"{"prefixItems": [{}], "items": false}"#, "[1, 2]",
      "too-many : the document must have at most 1 item, not 2"
    ),
    (
      #"{"contains": {"const": 1}}"#, "[2]",
      "too-few : the document must have at least 1 fitting item, not 0"
    ),
    (
      #"{"minProperties": 1}"#, "{}",
      "too-few : the document must have at least 1 key, not 0"
    ),
    (
      #"{"maxProperties": 1}"#, #"{"a": 1, "b": 2}"#,
      "too-many : the document must have at most 1 key, not 2"
    ),
    (
      #"{"dependentRequired": {"a": ["b"]}}"#, #"{"a": 1}"#,
      "missing-key : missing key 'b', which 'a' needs"
    ),
    (
      #"{"properties": {"a": false}}"#, #"{"a": 1}"#,
      "not-allowed /a: key 'a' is not allowed here"
    ),
    (
      #"{"not": {"required": ["a", "b"]}}"#, #"{"a": 1, "b": 2}"#,
      "not-allowed : keys 'a' and 'b' exclude each other"
    ),
    (
      #"{"not": {"const": 1, "title": "the first"}}"#, "1",
      "not-allowed : the document is not an allowed value (it must not be the first)"
    ),
    (
      #"{"propertyNames": {"pattern": "^[a-z]$"}}"#, #"{"A": 1}"#,
      "bad-format /A: key 'A' has the wrong form (it must match ^[a-z]$)"
    ),
    ("false", "1", "not-allowed : the document is not allowed"),
  ])
  func `every keyword has its words`(schema: String, document: String, expected: String) throws {
    #expect(lines(try Schema(schema).check(json: document)) == ["1:1 \(expected)"])
  }

  @Test func `a quoted text is cut, and a terminal does not obey it`() throws {
    let schema = try Schema(#"{"additionalProperties": false}"#)
    let long = String(repeating: "x", count: 50)
    #expect(
      lines(try schema.check(json: #"{"\u001b[2J": 1, "\#(long)": 2}"#)) == [
        #"1:1 unknown-key /\#u{1B}[2J: unknown key '\u{1b}[2J'"#,
        "1:1 unknown-key /\(long): unknown key '\(long.prefix(40))…'",
      ])
  }

  @Test func `a path is a JSON pointer`() throws {
    let schema = try Schema(#"{"additionalProperties": {"items": {"type": "string"}}}"#)
    #expect(try schema.check(json: #"{"a/b~c": ["x", 1]}"#).map(\.path) == ["/a~1b~0c/1"])
  }

  @Test func `what two parts of a schema both say is said once`() throws {
    let schema = try Schema(#"{"required": ["a"], "allOf": [{"required": ["a"]}]}"#)
    #expect(lines(try schema.check(json: "{}")) == ["1:1 missing-key : missing key 'a'"])
  }

  @Test func `a key that is there already is not the one that was meant`() throws {
    let schema = try Schema(#"{"properties": {"name": {}}, "additionalProperties": false}"#)
    #expect(
      lines(try schema.check(json: #"{"name": 1, "nane": 2}"#)) == [
        "1:1 unknown-key /nane: unknown key 'nane' (the only known key is 'name')"
      ])
  }

  @Test func `a document of wrong keys only is checked in a moment`() throws {
    let schema = try Schema(#"{"properties": {"name": {}}, "additionalProperties": false}"#)
    let pairs = (0..<20_000).map { number in
      Node.Pair(key: "name\(number)", keyPlace: .start, value: Node(.null))
    }
    #expect(schema.check(Node(.mapping(pairs))).count == 20_000)
  }

  @Test func `the Kelvin sign is not a K`() throws {
    let schema = try Schema(#"{"enum": ["K"], "type": "string"}"#)
    #expect(try schema.check(json: #""K""#).isEmpty)
    #expect(try schema.check(json: #""\u212a""#).count == 1)
  }
}
