public import YAML

/// One thing in a document that its schema does not allow.
public struct Violation: Sendable, Hashable {
  /// A stable name to search for; never reused for something else.
  public enum Code: String, Sendable, CaseIterable, Codable {
    case unknownKey = "unknown-key"
    case missingKey = "missing-key"
    case wrongType = "wrong-type"
    /// None of the values of an `enum`, or not that of a `const`.
    case wrongValue = "wrong-value"
    /// A `pattern` does not match.
    case badFormat = "bad-format"
    case tooShort = "too-short"
    case tooLong = "too-long"
    case tooSmall = "too-small"
    case tooLarge = "too-large"
    case notMultiple = "not-multiple"
    case tooFew = "too-few"
    case tooMany = "too-many"
    case notUnique = "not-unique"
    /// A value or a key that a schema forbids in its place.
    case notAllowed = "not-allowed"
    /// None of several forms fits, or more than one of those that exclude each other.
    case noMatch = "no-match"
  }

  public var code: Code
  /// The value's place; for a key that should not be there, the key's.
  public var place: Place
  /// The JSON pointer of the value, empty for the whole document; for a missing key, of the mapping.
  public var path: String
  /// Lower case, no full stop: `unknown key 'endpont'`.
  public var message: String
  /// What to do about it: `did you mean 'endpoint'?`.
  public var hint: String?
  /// The key that a mapping lacks.
  var missing: String?
}
