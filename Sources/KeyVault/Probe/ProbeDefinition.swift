internal import HTTP
internal import JSONSchema
internal import YAML

/// How a provider file says that a key is proved: one request, and rules for its answers.
struct ProbeDefinition: Sendable {
  let method: String
  /// An absolute path below `base_url`, or an https URL.
  let target: String
  let headers: [(name: String, value: String)]
  let json: Node?
  let form: [(name: String, value: String)]
  /// Whether the request is paid for.
  let costsTokens: Bool
  let rules: [ProbeRule]
  let readings: [Reading]

  /// nil for `none`: there is no free authenticated endpoint.
  init?(_ node: Node) {
    let words = (node["request"]?.string ?? "").split(separator: " ", maxSplits: 1)
    guard words.count == 2 else { return nil }
    method = String(words[0])
    target = String(words[1])
    headers = node["headers"]?.stringPairs ?? []
    json = node["json"]
    form = node["form"]?.stringPairs ?? []
    costsTokens = node["cost"]?.string == "tokens"
    rules = node["rules"]?.sequence?.compactMap(ProbeRule.init) ?? []
    readings = node["read"]?.mapping?.map { Reading(name: $0.key, $0.value) } ?? []
  }

  /// Where the request goes: the target itself, or below `base`.
  func url(below base: String) throws(WebURLError) -> WebURL {
    try Self.url(of: target, below: base)
  }

  static func url(of target: String, below base: String) throws(WebURLError) -> WebURL {
    target.hasPrefix("/") ? try WebURL(base).appending(path: target) : try WebURL(target)
  }

  /// What is said of a key after this answer (product.md, "Order"): the file's rules, then the
  /// built-in ones. Never `valid` without a rule that says so.
  func judge(_ answer: ProbeAnswer) -> Judgement {
    for (index, rule) in rules.enumerated() {
      guard let words = rule.match(answer) else { continue }
      return Judgement(verdict: rule.verdict, rule: index + 1, matched: words, note: rule.note)
    }
    let (verdict, note) = builtIn(answer)
    return Judgement(verdict: verdict, rule: nil, matched: [], note: note)
  }

  private func builtIn(_ answer: ProbeAnswer) -> (Verdict, note: String) {
    if answer.isHTML {
      return (.blocked, "the answer is a web page: something stands before the API")
    }
    return switch answer.http.status {
    case 300..<400: (.misconfigured, "the answer is a redirect, which is not followed with a key")
    case 404, 405: (.misconfigured, "there is no such endpoint")
    case 429: (.rateLimited, "too many requests; the key may be good")
    case 408, 500..<600: (.providerError, "the provider has a fault")
    default: (.unknown, "no rule knows this answer")
    }
  }
}

/// A verdict and why.
struct Judgement: Sendable, Equatable {
  var verdict: Verdict
  /// The number of the provider file's rule, from 1; nil for a built-in one.
  var rule: Int?
  /// What matched, in words of the rule.
  var matched: [String]
  var note: String?
}

/// One fact that is kept from an answer. Nothing that is not named in `read:` is.
struct Reading: Sendable {
  let name: String
  private let header: String?
  private let pointer: String?
  /// What stands before the value in a longer text.
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
    return shaped(node.plain)
  }

  private func shaped(_ raw: String) -> String? {
    var text = raw
    if let after {
      guard let range = text.firstRange(of: after) else { return nil }
      text = String(text[range.upperBound...].prefix { !";, ".contains($0) })
    }
    if let scale {
      guard let number = Double(text) else { return nil }
      let cents = (number * scale * 100).rounded() / 100
      // Whoever answers chooses the number: not every one is an `Int`.
      text = Int(exactly: cents).map(String.init) ?? String(cents)
    }
    guard !text.isEmpty else { return nil }
    return unit.map { "\(text) \($0)" } ?? text
  }
}
