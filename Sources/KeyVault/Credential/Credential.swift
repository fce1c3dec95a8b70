internal import HTTP
internal import Secrets

/// A key that was opened for a program, with what it needs to use it. The key is lent as bytes and never
/// handed out as a `String`, which could not be wiped.
public struct Credential: Sendable {
  /// The entry's path, such as `production/openai`.
  public let entry: String
  public let provider: Provider
  /// Where requests go: the gateway's address, else the provider's own. The key may be sent there.
  public let baseURL: String
  let opened: OpenedEntry
  let planner: ProbePlanner
  let client: HTTPClient
  let gateway: String?

  /// Throws where the key may not be sent to the address of requests.
  init(
    _ opened: OpenedEntry, of provider: Provider, planner: ProbePlanner, client: HTTPClient,
    gateway: String?
  ) throws(ProbePlan.Early) {
    entry = opened.name.path
    self.provider = provider
    self.opened = opened
    self.planner = planner
    self.client = client
    self.gateway = gateway
    baseURL = try planner.baseURL(for: opened.payload, of: provider, gateway: gateway)
  }

  /// Lends the key; the span cannot outlive the call.
  public func withKey<R: ~Copyable, E: Error>(
    _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    try opened.payload.withKey(body)
  }

  /// Lends an additional field of the credential, such as Azure's endpoint; nil where it has none
  /// of that name.
  public func withField<R, E: Error>(
    _ name: String, _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R? {
    try opened.payload.withField(name, body)
  }
}

extension Credential {
  /// What a provider answered.
  public struct Answer: Sendable {
    public let status: Int
    public let body: [UInt8]
    private let answer: HTTPAnswer

    init(_ answer: HTTPAnswer) {
      status = answer.status
      body = answer.body
      self.answer = answer
    }

    /// The first header of that name, in any case.
    public func header(_ name: String) -> String? { answer.header(name) }
  }

  /// Sends a request with the key in the header that the provider wants, and returns its answer
  /// unless the answer means that the next provider should be asked. Answers are read completely,
  /// up to 1 MiB; they are not streamed.
  ///
  /// - Parameters:
  ///   - method: As in `POST`. Only a `GET` may be sent twice.
  ///   - path: Below ``baseURL``, such as `/chat/completions`.
  ///   - json: The body, if any.
  ///   - timeout: From the first packet to the last byte of the answer.
  public func send(
    _ method: String, _ path: String, json: [UInt8]? = nil, timeout: Duration = .seconds(60)
  ) async throws(Refusal) -> Answer {
    let request = try request(method, path, json: json, timeout: timeout)
    let answer: HTTPAnswer
    do throws(HTTPError) {
      answer = try await client.send(request)
    } catch {
      throw Refusal(.unreachable, message: error.message)
    }
    if let refusal = Refusal(status: answer.status, retryAfter: answer.retryAfter) { throw refusal }
    return Answer(answer)
  }

  private func request(
    _ method: String, _ path: String, json: [UInt8]?, timeout: Duration
  ) throws(Refusal) -> HTTPRequest {
    let url: WebURL
    do throws(ProbePlan.Early) {
      guard path.hasPrefix("/") else {
        throw ProbePlan.Early(verdict: .misconfigured, note: "a path begins with '/'")
      }
      url = try planner.url(of: path, for: opened.payload, of: provider, gateway: gateway)
    } catch {
      throw Refusal(.unreachable, message: error.note)
    }
    var headers = provider.headers.map { HTTPHeader(name: $0.name, value: $0.value) }
    headers.append(HTTPHeader(name: "Accept", value: "application/json"))
    if json != nil { headers.append(HTTPHeader(name: "Content-Type", value: "application/json")) }
    let format = opened.payload.withKey(provider.format)
    return HTTPRequest(
      method: method, url: url, headers: headers,
      secretHeaders: provider.secretHeaders(format, opened.payload),
      body: json.map { Secret(copying: $0.span.bytes) }, timeout: timeout,
      hostLimit: provider.concurrency ?? .max, isSentOnce: method != "GET")
  }
}
