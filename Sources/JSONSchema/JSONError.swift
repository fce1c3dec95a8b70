/// Why some bytes are not a JSON document that we read. Never carries any of the bytes.
public enum JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  case notUTF8
  /// A byte of zero; the escape `\u0000` inside a string is JSON and is read.
  case containsNUL
  /// Lists and mappings inside each other, more than 64 of them.
  case tooDeep
  /// No JSON, half of it, more than one document, or a number beyond `Double`.
  case malformed

  /// One line for people.
  public var description: String {
    switch self {
    case .notUTF8: "not valid UTF-8"
    case .containsNUL: "contains a NUL byte"
    case .tooDeep: "nested deeper than \(JSONOutline.depthLimit) levels"
    case .malformed: "not valid JSON"
    }
  }
}
