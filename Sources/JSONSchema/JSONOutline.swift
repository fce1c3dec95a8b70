/// A pass over the bytes of a document for what JSONDecoder lets through or does slowly: it takes
/// NUL for UTF-16, accepts `[1,]`, and copies the path of each value at every depth.
enum JSONOutline {
  /// As many levels as a YAML document may have.
  static let depthLimit = 64

  static func check(_ bytes: [UInt8]) throws(JSONError) {
    guard !bytes.contains(0) else { throw .containsNUL }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw .notUTF8
    }
    var depth = 0
    var inString = false
    var escaped = false
    var afterComma = false
    for byte in bytes {
      if inString {
        if escaped {
          escaped = false
        } else if byte == UInt8(ascii: "\\") {
          escaped = true
        } else if byte == UInt8(ascii: "\"") {
          inString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: " "):
        continue
      case UInt8(ascii: "\""): inString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        guard depth <= depthLimit else { throw .tooDeep }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        guard !afterComma else { throw .malformed }
        depth -= 1
      default: break
      }
      afterComma = byte == UInt8(ascii: ",")
    }
  }
}
