public import HTTP
internal import Naming
internal import Secrets

/// Asks a provider whether it accepts a key. A verdict is the only outcome: what goes wrong on the
/// way is one too.
public struct Prober: Sendable {
  public struct Options: Sendable {
    /// Whether requests that are paid for may be sent.
    public var allowsCost = false
    /// Whether to ask for credit and limits in a second request, where one is declared.
    public var asksQuota = false
    /// Whether a definition must first refuse a bogus key.
    public var asksControls = false
    public var patience = Patience()
    /// Hears of each wait before a request is sent again.
    public var onWait: @Sendable (Wait) -> Void = { _ in }

    public init() {}
  }

  let exchange: Exchange
  let planner: ProbePlanner
  private let options: Options
  private let controls = Controls()

  public init(
    client: HTTPClient, catalogue: Catalogue, policy: OriginPolicy, options: Options = Options()
  ) {
    self.options = options
    exchange = Exchange(client: client, patience: options.patience, onWait: options.onWait)
    planner = ProbePlanner(catalogue: catalogue, policy: policy, allowsCost: options.allowsCost)
  }

  /// Sends the provider's probe with this entry's key. `gateway` replaces scheme, host and port.
  public func test(
    _ entry: OpenedEntry, gateway: String?, now: Timestamp
  ) async -> TestResult {
    var result = await test(
      entry.payload, of: entry.provider, as: entry.name, gateway: gateway, now: now)
    result.digest = entry.digest
    result.key = entry.keyCode
    return result
  }

  /// Tests a key that is not stored yet.
  public func test(
    _ new: borrowing NewKey, in repository: Repository, now: Timestamp
  ) async throws(Failure) -> TestResult {
    let payload = try Payload(new.payload(vault: repository.configuration.vaultID))
    let gateway = repository.environment(new.entry.environment).gateway
    return await test(payload, of: new.provider, as: new.entry, gateway: gateway, now: now)
  }

  private func test(
    _ payload: Payload, of id: String, as name: EntryName, gateway: String?, now: Timestamp
  ) async -> TestResult {
    var result = TestResult(entry: name.path, provider: id, verdict: .unknown, checked: now)
    do throws(ProbePlan.Early) {
      let plan = try planner.plan(for: payload, of: id, gateway: gateway)
      result.question = plan.provider.question(through: gateway)
      let answer = await ask(payload, plan, into: &result)
      if let answer, options.asksQuota {
        await askQuota(payload, plan, after: answer, gateway: gateway, into: &result)
      }
      if options.asksControls { await control(plan, payload, into: &result) }
      if plan.format == nil, !plan.provider.formats.isEmpty {
        result.note = result.note ?? "does not look like a key of \(plan.provider.name)"
      }
      result.next = result.next ?? Self.next(for: result.verdict, provider: plan.provider)
    } catch {
      result.set(error.verdict, note: error.note)
    }
    return result
  }

  private func ask(
    _ payload: Payload, _ plan: ProbePlan, into result: inout TestResult
  ) async -> ProbeAnswer? {
    let request = ProbeRequest(plan.definition, provider: plan.provider, format: plan.format)
      .request(to: plan.url, with: payload)
    let outcome = await exchange.send(
      request, judgedBy: plan.definition, for: result.entry)
    result.attempts = outcome.attempts
    switch outcome.result {
    case .failure(let error):
      if error.reason == .cancelled {
        result.cutShort()
      } else if case .invalidRequest = error.reason {
        result.set(.misconfigured, note: "nothing was sent: \(error.message)")
        result.attempts = nil
      } else {
        result.set(.unreachable, note: error.message)
        // The provider's status page does not know of our proxy.
        if error.isProxys { result.next = error.hint }
      }
      return nil
    case .success(let (answer, judgement)):
      result.set(judgement, of: answer)
      result.facts = Self.told(plan.definition.facts(of: answer), key: payload)
      if result.word == .unclear, let wait = outcome.retryAfter, wait > .zero {
        result.note = (result.note.map { $0 + "; " } ?? "") + "it asks to wait \(wait.text)"
      }
      return answer
    }
  }

  /// The second request, for what the first cannot tell: it may take a good verdict away or confirm
  /// the credit, and nothing else.
  private func askQuota(
    _ payload: Payload, _ plan: ProbePlan, after first: ProbeAnswer, gateway: String?,
    into result: inout TestResult
  ) async {
    guard result.word == .valid, plan.isGeneral, let quota = plan.provider.quota,
      !quota.costsTokens || options.allowsCost
    else { return }
    guard let target = quota.target(filledFrom: first.json) else {
      result.quota = Evidence(
        .unknown,
        note: "the first answer has no address for the second "
          + "request")
      return
    }
    let url: WebURL
    do throws(ProbePlan.Early) {
      url = try planner.url(of: target, for: payload, of: plan.provider, gateway: gateway)
    } catch {
      result.quota = Evidence(error.verdict, note: Self.told(error.note, key: payload))
      return
    }
    let request = ProbeRequest(quota, provider: plan.provider, format: plan.format)
      .request(to: url, with: payload)
    switch await exchange.send(request, judgedBy: quota, for: result.entry).result {
    case .failure(let error) where error.reason == .cancelled: result.cutShort()
    case .failure(let error):
      result.quota = Evidence(.unreachable, note: Self.told(error.message, key: payload))
    case .success(let (answer, judgement)):
      result.apply(quota: judgement, of: answer)
      // Both answers together tell nothing of the key either.
      let facts = result.facts.merging(quota.facts(of: answer)) { $1 }
      result.facts = Self.told(facts, key: payload)
    }
  }

  private func control(
    _ plan: ProbePlan, _ payload: Payload, into result: inout TestResult
  ) async {
    let fields = payload.openFields(of: plan.provider)
    let name = plan.name + fields.map { "\n\($0.name): \($0.value)" }.joined()
    guard !result.isCutShort else { return }
    let control = await controls.control(named: name) { await self.control(plan, fields: fields) }
    guard !Task.isCancelled else {
      result.cutShort()
      return
    }
    result.control = control.outcome
    guard control.outcome == .failed else { return }
    result.distrust(control.reproach(plan.provider))
  }

  /// The definition's verdicts on no key and on a bogus one, with these additional fields.
  func control(
    _ plan: ProbePlan, fields: [(name: String, value: String)]
  ) async -> Control {
    async let missing = evidence(presenting: Control.credential("", fields), plan)
    async let bogus = evidence(
      presenting: Control.bogusKey(plan.format).flatMap { Control.credential($0, fields) }, plan)
    return await Control(missing: missing, bogus: bogus)
  }

  private func evidence(presenting credential: Payload?, _ plan: ProbePlan) async -> Evidence {
    guard let credential else { return Evidence(.unknown, note: "no bogus key can be generated") }
    let request = ProbeRequest(plan.definition, provider: plan.provider, format: plan.format)
      .request(to: plan.url, with: credential)
    switch await exchange.send(request, judgedBy: plan.definition, for: plan.provider.id).result {
    case .failure(let error): return Evidence(.unreachable, note: error.message)
    case .success(let (answer, judgement)): return Evidence(judgement, of: answer)
    }
  }

  /// What may be said of an address that an answer has completed.
  private static func told(_ text: String, key: Payload) -> String {
    key.withKey { LeakFilter($0) }.leaks(in: text)
      ? "the first answer names an address that holds a part of the key" : text
  }

  private static func told(_ facts: [Name: String], key: Payload) -> [Name: String] {
    facts.isEmpty ? [:] : key.withKey { LeakFilter($0) }.kept(facts)
  }

  private static func next(for verdict: Verdict, provider: Provider) -> String? {
    switch verdict {
    case .invalid, .revoked: provider.links.keys.map { "create a new key: \($0)" }
    case .noCredit, .accountDisabled: provider.links.keys.map { "look at the account: \($0)" }
    case .restricted: provider.links.keys.map { "see the key's scopes: \($0)" }
    case .providerError, .unreachable: provider.links.status.map { "see \($0)" }
    default: nil
    }
  }
}
