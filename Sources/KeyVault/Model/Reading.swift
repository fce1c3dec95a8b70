internal import HTTP
internal import Naming
internal import YAML

/// One fact that is kept from an answer. Nothing that is not named in `read:` is.
struct Reading: Sendable {
  let name: String
  private let header: String?
  private let pointer: String?
  /// The text before the value in a longer one.
  private let after: String?
  private let scale: Double?
  private let unit: String?
  /// Whether to keep the number of items instead of the items.
  private let counts: Bool

  init(name: String, _ node: Node) {
    self.name = name
    header = node["header"]?.string
    pointer = node["body"]?.string
    after = node["after"]?.string
    scale = node["scale"]?.number
    unit = node["unit"]?.string
    counts = node["count"]?.bool ?? false
  }

  /// The fact as text; nil where the answer does not have it.
  func value(in answer: ProbeAnswer) -> String? {
    if let header { return answer.http.header(header).flatMap(shaped) }
    guard let node = pointer.flatMap({ answer.json?.value(at: $0) }) else { return nil }
    if counts { return (node.sequence?.count ?? node.mapping?.count).map(String.init) }
    if case .null = node.value { return nil }
    // A list of words, such as scopes.
    let text = node.sequence.map { $0.map(\.plain).joined(separator: ", ") } ?? node.plain
    return shaped(text)
  }

  private func shaped(_ raw: String) -> String? {
    var text = raw
    if let after {
      guard let range = text.firstRange(of: after) else { return nil }
      text = String(text[range.upperBound...].prefix { !";, ".unicodeScalars.contains($0) })
    }
    if let scale {
      guard let number = Double(text) else { return nil }
      let cents = (number * scale * 100).rounded() / 100
      // The server chooses the number, and not every number is an `Int`.
      text = Int(exactly: cents).map(String.init) ?? String(cents)
    }
    guard !text.isEmpty else { return nil }
    return unit.map { "\(text) \($0)" } ?? text
  }
}

extension ProbeDefinition {
  /// What `read:` names, as far as the answer has it: at most 128 printable characters each.
  func facts(of answer: ProbeAnswer) -> [Name: String] {
    var facts: [Name: String] = [:]
    for reading in readings {
      facts[reading.name] = reading.value(in: answer)?.printable(limit: 128)
    }
    return facts
  }
}
