/// One element of an XML document, with all that is special to XML escaped.
struct XMLElement {
  let name: String
  private var attributes: [(name: String, value: String)]
  private var children: [XMLElement] = []

  init(_ name: String, _ attributes: [(name: String, value: String)] = []) {
    self.name = name
    self.attributes = attributes
  }

  mutating func add(_ child: XMLElement) { children.append(child) }

  /// The document, indented by two spaces.
  var document: String { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text(indentation: "") }

  private func text(indentation: String) -> String {
    let attributes = attributes.map { " \($0.name)=\"\(Self.escaped($0.value))\"" }.joined()
    guard !children.isEmpty else { return "\(indentation)<\(name)\(attributes)/>\n" }
    let inner = children.map { $0.text(indentation: indentation + "  ") }.joined()
    return "\(indentation)<\(name)\(attributes)>\n\(inner)\(indentation)</\(name)>\n"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.printable.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // What XML 1.0 cannot hold at all (2.2).
      case "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
