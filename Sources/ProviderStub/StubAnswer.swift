internal import Foundation

/// What the stand-in sends: the content of one file `<folder>/<provider>/<name>.json`.
///
/// The file also says what it is an example of (`case`, `source`, `confirmed`, `verdict`), which
/// is for those who read it. With `"sequence": [{…}, {…}]` it holds several: one a request, the last
/// one again and again.
struct StubAnswer: Sendable {
  /// As in `GET /v1/models?limit=1`; nil for any.
  var request: String?
  var requestHeaders: [String: String] = [:]
  var status = 200
  var headers: [String: String] = [:]
  var body: [UInt8] = []
  /// How long to wait before the answer.
  var delay: Duration = .zero
  /// How long to wait before each byte of the body.
  var drip: Duration = .zero
  /// After how many bytes of the body to close the connection.
  var cut: Int?
  /// Whether to reset the connection: instead of an answer, or where `cut` says.
  var isReset = false
  /// How often to send the body.
  var repeats = 1
  /// Whether to send the body again and again.
  var isEndless = false
  /// The answer to the second request that the file also has (`quota`).
  private var second: [StubAnswer] = []

  /// An answer of the stand-in's own.
  init(status: Int, error: String) {
    self.status = status
    headers = ["content-type": "application/json"]
    body = StubAnswer.json(["error": "stand-in: \(error)"])
  }

  /// What a file answers to one request after the other; nil if there is none or it is not a JSON
  /// object.
  static func sequence(in file: URL) -> [StubAnswer]? {
    guard let data = try? Data(contentsOf: file),
      let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return nil }
    return (object["sequence"] as? [[String: Any]] ?? [object]).map(StubAnswer.init)
  }

  private init(_ object: [String: Any]) {
    request = object["request"] as? String
    requestHeaders = object["request_headers"] as? [String: String] ?? [:]
    status = object["status"] as? Int ?? 200
    headers = object["headers"] as? [String: String] ?? [:]
    if let json = object["body"] {
      body = StubAnswer.json(json)
      if !headers.keys.contains(where: { $0.lowercased() == "content-type" }) {
        headers["content-type"] = "application/json"
      }
    } else if let text = object["text"] as? String {
      body = Array(text.utf8)
    } else if let base64 = object["base64"] as? String {
      body = Data(base64Encoded: base64).map(Array.init) ?? []
    }
    delay = .milliseconds(object["delay_ms"] as? Int ?? 0)
    drip = .milliseconds(object["drip_ms"] as? Int ?? 0)
    cut = object["cut_at"] as? Int
    isReset = object["reset"] as? Bool ?? false
    repeats = object["repeat"] as? Int ?? 1
    isEndless = object["endless"] as? Bool ?? false
    if let quota = object["quota"] as? [String: Any] { second = [StubAnswer(quota)] }
  }

  private static func json(_ value: Any) -> [UInt8] {
    let data = try? JSONSerialization.data(
      withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
    return Array(data ?? Data())
  }

  /// What is answered to a request: this, or what the file says of the second request; a refusal
  /// where neither is for it.
  func answer(to request: StubRequest, at path: String) -> StubAnswer {
    let line = "\(request.method) \(path)"
    guard let chosen = ([self] + second).first(where: { $0.request ?? line == line }) else {
      return StubAnswer(status: 404, error: "no such endpoint")
    }
    for (name, value) in chosen.requestHeaders where request.header(name) != value {
      return StubAnswer(status: 400, error: "the header '\(name)' is not '\(value)'")
    }
    return chosen
  }

  /// The status line and the headers.
  func head(isLast: Bool) -> [UInt8] {
    var text = "HTTP/1.1 \(status) Stand-in\r\n"
    for (name, value) in headers.sorted(by: { $0.key < $1.key })
    where !["content-length", "connection", "transfer-encoding"].contains(name.lowercased()) {
      text += "\(name): \(value)\r\n"
    }
    if !isEndless { text += "content-length: \(body.count * repeats)\r\n" }
    if isLast { text += "connection: close\r\n" }
    return Array((text + "\r\n").utf8)
  }
}
