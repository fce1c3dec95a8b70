import JSONSchema
import Testing

struct SchemaErrorTests {
  @Test(arguments: [
    (
      ##"{"properties": {"a/b": {"unevaluatedItems": false}}}"##,
      "/properties/a~1b/unevaluatedItems", SchemaError.Reason.unknownKeyword("unevaluatedItems")
    ),
    (
      ##"{"$defs": {"unused": {"$dynamicRef": "#x"}}}"##,
      "/$defs/unused/$dynamicRef", .unknownKeyword("$dynamicRef")
    ),
    (##"{"$vocabulary": {}}"##, "/$vocabulary", .unknownKeyword("$vocabulary")),
    (##"{"items": [{}]}"##, "/items", .notASchema),
    ("3", "", .notASchema),
    (##"{"required": "a"}"##, "/required", .badValue(of: "required")),
    (##"{"type": "text"}"##, "/type", .badValue(of: "type")),
    (##"{"minLength": -1}"##, "/minLength", .badValue(of: "minLength")),
    (##"{"multipleOf": 0}"##, "/multipleOf", .badValue(of: "multipleOf")),
    (
      ##"{"$schema": "http://json-schema.org/draft-07/schema#"}"##, "",
      .otherDialect("http://json-schema.org/draft-07/schema#")
    ),
    (
      ##"{"$ref": "https://example.com/other.json#/a"}"##, "/$ref",
      .otherDocument("https://example.com/other.json")
    ),
    (##"{"$ref": "#/$defs/none"}"##, "/$ref", .noSuchSchema("#/$defs/none")),
    (##"{"$ref": "#/examples/0", "examples": [{}]}"##, "/$ref", .noSuchSchema("#/examples/0")),
    (##"{"$ref": "#none"}"##, "/$ref", .noSuchSchema("#none")),
    (
      ##"{"$defs": {"a": {"$anchor": "x"}, "b": {"$anchor": "x"}}}"##, "/$defs/b",
      .nameTakenTwice("x")
    ),
    (##"{"$ref": "#"}"##, "", .endless),
    (##"{"allOf": [{"anyOf": [{"$ref": "#"}]}]}"##, "", .endless),
    ("{", "", .json(.malformed)),
  ])
  func `says what is wrong with a schema, and where`(
    schema: String, pointer: String, reason: SchemaError.Reason
  ) {
    let error = #expect(throws: SchemaError.self) { try Schema(schema) }
    #expect(error?.reason == reason)
    #expect(error?.pointer == pointer)
  }

  @Test func `an error is one line`() {
    let error = #expect(throws: SchemaError.self) { try Schema(##"{"unevaluatedItems": false}"##) }
    #expect(
      error?.description == "schema at '#/unevaluatedItems': unknown keyword 'unevaluatedItems'")
  }

  @Test func `a schema may refer to itself for what is inside the value`() throws {
    let schema = try Schema(
      ##"{"properties": {"next": {"$ref": "#"}}, "additionalProperties": false}"##)
    #expect(try schema.check(json: ##"{"next": {"next": {}}}"##).isEmpty)
    #expect(try schema.check(json: ##"{"next": {"nxt": {}}}"##).map(\.path) == ["/next/nxt"])
  }
}
