internal import HTTP
internal import YAML

/// How a provider file says that a key is proved: one request, and rules for its answers.
struct ProbeDefinition: Sendable {
  let method: String
  /// An absolute path below `base_url`, or an https URL. That of a second request may hold
  /// `{/json/pointer}`, a value of the first answer.
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
  static func url(of target: String, below base: String) throws(WebURLError) -> WebURL {
    target.hasPrefix("/") ? try WebURL(base).appending(path: target) : try WebURL(target)
  }

  /// What is said of a key after this answer (product.md, "Order"): the file's rules, then the
  /// built-in ones. Never `valid` without a rule that says so.
  func judge(_ answer: ProbeAnswer) -> Judgement {
    var isRefuted = false
    for (index, rule) in rules.enumerated() {
      guard let words = rule.match(answer) else { continue }
      // A body that reports an error proves no key, whatever else is in it.
      if rule.verdict == .valid, answer.reportsError { continue }
      // Nor does a refusal that says that the key has ended.
      if rule.verdict == .restricted || rule.verdict == .valid, answer.reportsEndOfKey {
        isRefuted = true
        continue
      }
      return Judgement(
        verdict: rule.verdict, rule: index + 1, matched: words, note: rule.note,
        isConfirmed: rule.isConfirmed, provesCredit: rule.provesCredit)
    }
    let (verdict, builtInNote) = builtIn(answer)
    let note =
      isRefuted
      ? "the answer says that the key, or its account, no longer "
        + "exists" : builtInNote
    return Judgement(
      verdict: verdict, rule: nil, matched: [], note: note, isConfirmed: true,
      provesCredit: false)
  }

  private func builtIn(_ answer: ProbeAnswer) -> (Verdict, note: String) {
    // A limit and a fault are what their status says, with a web page or without: only for the other
    // statuses does a page mean that the API was not reached.
    switch answer.http.status {
    case 429 where answer.isAboutAccount:
      (.unknown, "the 429 is about billing or the account, not about too many requests")
    case 429: (.rateLimited, "too many requests; the key may be good")
    case 408, 500..<600:
      (
        .providerError,
        answer.isHTML
          ? "the provider, or a server in front of it, has an error" : "the provider has an error"
      )
    case _ where answer.isHTML:
      (.blocked, "got a web page instead of an API response; a proxy or firewall may be in the way")
    case 300..<400: (.misconfigured, "the answer is a redirect, which is not followed with a key")
    case 404, 405: (.misconfigured, "there is no such endpoint")
    default: (.unknown, Self.doubt(answer))
    }
  }

  /// Why no rule held, as far as the answer's form shows.
  private static func doubt(_ answer: ProbeAnswer) -> String {
    if answer.http.isBodyTruncated { return "the answer is too long" }
    if answer.reportsError { return "the status says success, but the body reports an error" }
    return answer.json == nil && !answer.http.body.isEmpty
      ? "no rule matches this answer, which is not JSON" : "no rule matches this answer"
  }
}

/// A verdict and why.
struct Judgement: Sendable, Equatable {
  let verdict: Verdict
  /// The number of the provider file's rule, from 1; nil for a built-in one.
  let rule: Int?
  /// What matched, in words of the rule.
  let matched: [String]
  let note: String?
  /// Whether the rule rests on an answer that is recorded or documented.
  let isConfirmed: Bool
  /// Whether the answer proves that the account can pay.
  let provesCredit: Bool
}

extension ProbeDefinition {
  /// The target with each `{/json/pointer}` replaced by the value at that place of `answer`; nil
  /// where there is none, or one that could lead elsewhere. The path is ours and the value is a
  /// stranger's, so it must be a plain word: letters, digits, `-`, `_`.
  func target(filledFrom answer: Node?) -> String? {
    var filled = ""
    var rest = target[...]
    while let start = rest.firstIndex(of: "{") {
      guard let end = rest[start...].firstIndex(of: "}"),
        let value = answer?.value(at: String(rest[rest.index(after: start)..<end]))?.word,
        (1...128).contains(value.utf8.count), value.utf8.allSatisfy(Self.isPlain)
      else { return nil }
      filled += rest[..<start] + value
      rest = rest[rest.index(after: end)...]
    }
    return filled + rest
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
