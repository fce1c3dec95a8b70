/// Why a document is not a schema that we can check with, and where in it.
public struct SchemaError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Sendable, Equatable {
    case json(JSONError)
    /// A schema is a mapping, `true` or `false`.
    case notASchema
    case unknownKeyword(String)
    /// A known keyword with a value that it cannot have.
    case badValue(of: String)
    /// A `$schema` other than 2020-12.
    case otherDialect(String)
    /// Nothing is ever fetched.
    case otherDocument(String)
    /// A reference within the document to no schema.
    case noSuchSchema(String)
    /// Two schemas with the same `$id` or `$anchor`.
    case nameTakenTwice(String)
    /// A schema that refers to itself for the same value.
    case endless
    /// A regular expression that reads differently as POSIX ERE and as ECMA-262, or as neither.
    case pattern(String, PatternError)
  }

  public var reason: Reason
  /// The JSON pointer of the schema or of the keyword's value; empty for the whole document.
  public var pointer: String

  init(_ reason: Reason, at pointer: String) {
    self.reason = reason
    self.pointer = pointer
  }

  /// One line for people.
  public var description: String {
    "schema at '#\(pointer)': \(reason.words)"
  }
}

extension SchemaError.Reason {
  fileprivate var words: String {
    switch self {
    case .json(let error): "\(error)"
    case .notASchema: "neither a mapping nor true or false"
    case .unknownKeyword(let name): "unknown keyword '\(name)'"
    case .badValue(let name): "'\(name)' cannot have this value"
    case .otherDialect(let uri): "dialect '\(uri)' is not JSON Schema 2020-12"
    case .otherDocument(let uri): "'\(uri)' is another document; only this one is read"
    case .noSuchSchema(let reference): "no schema at '\(reference)'"
    case .nameTakenTwice(let name): "'\(name)' names two schemas"
    case .endless: "refers to itself for the same value"
    case .pattern(let pattern, let error): "pattern '\(pattern)': \(error)"
    }
  }
}
