internal import HTTP
internal import YAML

/// One rule of a provider file: what an answer must look like, and what is said of the key then.
/// It holds when all its conditions hold.
struct ProbeRule: Sendable {
  private let statuses: [Status]
  private let headers: [(name: String, test: AnswerTest)]
  private let body: [(pointer: String, test: AnswerTest)]
  private let texts: [String]
  let verdict: Verdict
  /// Whether such an answer proves that the account can pay.
  let provesCredit: Bool
  /// Whether such an answer has been recorded, or is documented.
  let isConfirmed: Bool
  /// Shown to the person.
  let note: String?

  private enum Status: Sendable {
    case exactly(Int)
    /// The hundreds of `5xx`.
    case hundreds(Int)
  }

  init?(_ node: Node) {
    guard let verdict = node["verdict"]?.string.flatMap(Verdict.init) else { return nil }
    self.verdict = verdict
    isConfirmed = node["confirmed"]?.bool ?? true
    provesCredit = node["credit"]?.string == "ok"
    note = node["note"]?.string
    statuses = (node["status"].map { $0.sequence ?? [$0] } ?? []).compactMap { status in
      if let code = status.int { return .exactly(code) }
      return (status.string?.first).flatMap { Int(String($0)) }.map(Status.hundreds)
    }
    headers = (node["header"]?.mapping ?? []).map { ($0.key, AnswerTest($0.value)) }
    body = (node["body"]?.mapping ?? []).map { ($0.key, AnswerTest($0.value)) }
    texts = node["text"].map { $0.string.map { [$0] } ?? $0.strings } ?? []
  }

  /// What matched, in words; nil if the rule does not hold.
  func match(_ answer: ProbeAnswer) -> [String]? {
    guard matchesStatus(answer.http.status) else { return nil }
    // A page of HTML decides only where a rule asks for its text.
    guard !answer.isHTML || !texts.isEmpty else { return nil }
    var words: [String] = []
    for (name, test) in headers {
      guard let value = answer.http.header(name), let word = test.match(Node(.string(value))) else {
        return nil
      }
      words.append(name + word)
    }
    for (pointer, test) in body {
      guard let value = answer.json?.value(at: pointer), let word = test.match(value) else {
        return nil
      }
      words.append(Self.dotted(pointer) + word)
    }
    if !texts.isEmpty {
      guard let text = texts.first(where: answer.contains) else { return nil }
      words.append("text~\"\(text)\"")
    }
    return words
  }

  private func matchesStatus(_ status: Int) -> Bool {
    statuses.isEmpty
      || statuses.contains {
        switch $0 {
        case .exactly(let code): status == code
        case .hundreds(let hundreds): status / 100 == hundreds
        }
      }
  }

  /// `/error/code` as people write it: `error.code`.
  private static func dotted(_ pointer: String) -> String {
    pointer.split(separator: "/").joined(separator: ".")
  }
}
