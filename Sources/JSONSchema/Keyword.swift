/// The keywords of JSON Schema 2020-12 that are known here. A schema with any other is refused,
/// since a check that skips a keyword says "valid" without having looked.
enum Keyword: String, CaseIterable {
  // What a schema is called and where others find it.
  case schema = "$schema"
  case id = "$id"
  case anchor = "$anchor"
  case defs = "$defs"
  case ref = "$ref"

  // For readers and editors; nothing is checked.
  case comment = "$comment"
  case title, description, examples, `default`, deprecated, readOnly, writeOnly, format

  // Any value.
  case type, `enum`, const

  // Mappings.
  case properties, patternProperties, additionalProperties, propertyNames
  case required, minProperties, maxProperties, dependentRequired, dependentSchemas

  // Lists.
  case items, prefixItems, contains, minContains, maxContains, minItems, maxItems, uniqueItems

  // Strings.
  case minLength, maxLength, pattern

  // Numbers.
  case minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf

  // Schemas on the same value.
  case allOf, anyOf, oneOf, not, `if`, then, `else`
}

extension Keyword {
  /// How a keyword's value holds further schemas.
  enum Holding {
    case none, one, list, named
  }

  var holding: Holding {
    switch self {
    case .defs, .properties, .patternProperties, .dependentSchemas: .named
    case .prefixItems, .allOf, .anyOf, .oneOf: .list
    case .items, .additionalProperties, .propertyNames, .contains, .not, .if, .then, .else: .one
    default: .none
    }
  }
}
