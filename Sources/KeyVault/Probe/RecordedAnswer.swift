internal import FoundationEssentials
internal import HTTP
internal import JSONSchema
internal import Naming
internal import YAML

/// A recorded answer of a provider, and the verdict that must follow from it: one JSON
/// file, whose form CONTRIBUTING describes. The tests and the stand-in replay the same files.
struct RecordedAnswer {
  /// The file's name without `.json`.
  let name: String
  let verdict: Verdict
  /// What else must come out, where the file says so.
  let credit: TestResult.Credit?
  let facts: [Name: String]?
  /// The kind of key, where it is not the provider's first.
  let format: String?
  /// `GET /v1/models`, with the path below the host; nil for any. Of the second request, too.
  let request: String?
  let quotaRequest: String?
  /// nil where no answer arrives, as after a reset.
  let answer: ProbeAnswer?
  /// Of the second request.
  let quota: ProbeAnswer?

  init(_ bytes: [UInt8], name: String) throws(Failure) {
    func refuse(_ why: String) -> Failure { Failure(.malformed, "\(name).json: \(why)") }
    let root: Node
    do throws(JSONError) {
      root = try Node(json: bytes)
    } catch {
      throw refuse("\(error)")
    }
    guard let verdict = root["verdict"]?.string.flatMap(Verdict.init) else {
      throw refuse("'verdict' is missing or invalid")
    }
    self.name = name
    self.verdict = verdict
    credit = root["credit"]?.string.flatMap(TestResult.Credit.init)
    facts = root["facts"].map { Dictionary($0.stringPairs.map { (Name($0.0), $0.1) }) { $1 } }
    format = root["format"]?.string
    request = root["request"]?.string
    quotaRequest = root["quota"]?["request"]?.string
    let isLost = root["reset"]?.bool == true || root["cut_at"] != nil
    answer = isLost ? nil : Self.answer(root)
    quota = root["quota"].map(Self.answer)
  }

  private static func answer(_ node: Node) -> ProbeAnswer {
    var headers = (node["headers"]?.stringPairs ?? [])
      .map { HTTPHeader(name: $0.name, value: $0.value) }
    var body = Array((node["text"]?.string ?? "").utf8)
    if let json = node["body"] {
      body = Array(json.json.utf8)
      if !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
        headers.append(HTTPHeader(name: "content-type", value: "application/json"))
      }
    }
    return ProbeAnswer(
      HTTPAnswer(
        status: node["status"]?.int ?? 200, headers: headers, body: body, isBodyTruncated: false,
        timing: HTTPAnswer.Timing(nameLookup: 0, connect: 0, tls: 0, firstByte: 0, total: 0),
        version: "1.1"))
  }
}
