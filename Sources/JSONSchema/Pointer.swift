/// JSON pointers (RFC 6901), written as they are read: from the root of the document.
enum Pointer {
  static func appending(_ name: String, to pointer: String) -> String {
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
      return "\(pointer)/\(name)"
    }
    var escaped = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "~": escaped += "~0"
      case "/": escaped += "~1"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "\(pointer)/\(escaped)"
  }

  static func appending(_ index: Int, to pointer: String) -> String {
    "\(pointer)/\(index)"
  }
}
