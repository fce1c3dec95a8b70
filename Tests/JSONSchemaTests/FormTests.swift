import JSONSchema
import Testing

/// anyOf, oneOf and if: what is said when none of several forms fits.
struct FormTests {
  @Test(arguments: [
    // No form takes this kind of value: all kinds that some form takes.
    (
      #"{"anyOf": [{"type": "string"}, {"type": "array"}]}"#, "1",
      ["wrong-type : the document must be a string or a list, not an integer"]
    ),
    // One form takes this kind: what that form says.
    (
      #"{"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}"#, "[1]",
      ["wrong-type /0: item 1 of the document must be a string, not an integer"]
    ),
    // Only constants: one list of them.
    (
      #"{"oneOf": [{"const": "get"}, {"const": "post"}]}"#, #""pos""#,
      ["wrong-value : the document cannot be 'pos' (did you mean 'post'?)"]
    ),
    // A constant shows which form was meant, although the other finds no more wrong.
    (
      #"""
      {"oneOf": [
        {"properties": {"kind": {"const": "a"}, "size": {"type": "integer"}}},
        {"properties": {"kind": {"const": "b"}, "size": {"type": "string"}}}]}
      """#,
      #"{"kind": "a", "size": "x"}"#,
      ["wrong-type /size: 'size' must be an integer, not a string"]
    ),
    // So does a required key.
    (
      #"""
      {"$defs": {"closed": {"additionalProperties": false}},
       "oneOf": [
        {"properties": {"header": {"type": "string"}}, "required": ["header"]},
        {"properties": {"body": {"type": "string"}}, "required": ["body"]}]}
      """#,
      #"{"body": 5}"#, ["wrong-type /body: 'body' must be a string, not an integer"]
    ),
    // A slip that one form recognises.
    (
      #"""
      {"anyOf": [
        {"properties": {"body": {}}, "required": ["body"], "additionalProperties": false},
        {"properties": {"header": {}}, "required": ["header"], "additionalProperties": false}]}
      """#,
      #"{"headr": 5}"#,
      [
        "missing-key : missing key 'header'",
        "unknown-key /headr: unknown key 'headr' (did you mean 'header'?)",
      ]
    ),
    // Forms that each want another key.
    (
      #"{"anyOf": [{"required": ["env"]}, {"required": ["file"]}]}"#, "{}",
      ["missing-key : missing key 'env' or 'file'"]
    ),
    (
      #"{"oneOf": [{"required": ["env"]}, {"required": ["file"]}]}"#,
      #"{"env": 1, "file": 2}"#,
      ["not-allowed : keys 'env' and 'file' exclude each other"]
    ),
    (
      #"{"oneOf": [{"minimum": 1}, {"minimum": 2}]}"#, "3",
      ["no-match : the document fits more than one of the allowed forms"]
    ),
    // Nothing distinguishes the forms: the schema's own words, or those of all forms.
    (
      #"{"anyOf": [{"pattern": "^a"}, {"pattern": "^b"}], "description": "a or b in front"}"#,
      #""c""#, ["no-match : the document has none of the allowed forms (a or b in front)"]
    ),
    (
      #"{"anyOf": [{"pattern": "^a", "title": "an a"}, {"pattern": "^b", "title": "a b"}]}"#,
      #""c""#, ["no-match : the document has none of the allowed forms (an a or a b)"]
    ),
    // A condition is not seen.
    (
      #"{"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}"#,
      #"{"a": 1}"#, ["missing-key : missing key 'b'"]
    ),
    (
      #"{"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}"#,
      "{}", ["missing-key : missing key 'c'"]
    ),
  ])
  func `says what the meant form finds wrong`(
    schema: String, document: String, expected: [String]
  ) throws {
    let found = lines(try Schema(schema).check(json: document))
    #expect(found.sorted() == expected.map { "1:1 \($0)" }.sorted())
  }

  @Test func `forms behind references are looked into`() throws {
    let schema = try Schema(
      #"""
      {"$defs": {"name": {"type": "string"}, "names": {"type": "array", "items": {"$ref": "#/$defs/name"}}},
       "anyOf": [{"$ref": "#/$defs/name"}, {"$ref": "#/$defs/names"}]}
      """#)
    #expect(
      lines(try schema.check(json: "true")) == [
        "1:1 wrong-type : the document must be a string or a list, not true"
      ])
  }
}
