/// The groups of the official suite, in the files of keywords that are known, whose schema is
/// refused all the same, each with what is said.
enum Refusals {
  static let byFile: [String: [String: String]] = [
    // The metaschema is another document.
    "defs": [
      "validate definition against metaschema":
        "schema at '#/$ref': 'https://json-schema.org/draft/2020-12/schema' is another document; "
        + "only this one is read"
    ],
    "ref": [
      "remote ref, containing refs itself":
        "schema at '#/$ref': 'https://json-schema.org/draft/2020-12/schema' is another document; "
        + "only this one is read",
      // A keyword that is not known.
      "ref creates new scope when adjacent to keywords":
        "schema at '#/$defs/A/unevaluatedProperties': unknown keyword 'unevaluatedProperties'",
    ],
    "not": [
      "collect annotations inside a 'not', even if collection is disabled":
        "schema at '#/not/unevaluatedProperties': unknown keyword 'unevaluatedProperties'"
    ],
    // A pattern that POSIX cannot express.
    "pattern": [
      "pattern with Unicode property escape requires unicode mode":
        #"schema at '#/pattern': pattern '^\p{Letter}+$': '\p' is not known; "#
        + "only punctuation is escaped"
    ],
    "patternProperties": [
      "patternProperties with Unicode property escape":
        #"schema at '#/patternProperties': pattern '^\p{Letter}+$': '\p' is not known; "#
        + "only punctuation is escaped"
    ],
  ]

  /// Files of keywords that are known: every group passes or is listed above.
  static let knownFiles = [
    "additionalProperties", "allOf", "anchor", "anyOf", "boolean_schema", "const", "contains",
    "default", "defs", "dependentRequired", "dependentSchemas", "enum", "exclusiveMaximum",
    "exclusiveMinimum", "format", "if-then-else", "infinite-loop-detection", "items",
    "maxContains", "maxItems", "maxLength", "maxProperties", "maximum", "minContains", "minItems",
    "minLength", "minProperties", "minimum", "multipleOf", "not", "oneOf", "pattern",
    "patternProperties", "prefixItems", "properties", "propertyNames", "ref", "required", "type",
    "uniqueItems", "optional/anchor", "optional/bignum", "optional/float-overflow", "optional/id",
    "optional/no-schema", "optional/non-bmp-regex",
  ]

  /// Files of keywords that are not known, or of other documents and dialects: every group passes
  /// or is refused.
  static let unknownFiles = [
    "content", "dynamicRef", "refRemote", "unevaluatedItems", "unevaluatedProperties",
    "vocabulary", "optional/cross-draft", "optional/dependencies-compatibility",
    "optional/dynamicRef", "optional/ecmascript-regex", "optional/format-assertion",
    "optional/refOfUnknownKeyword", "optional/unknownKeyword",
  ]
}
