public import HTTP
internal import Secrets
internal import YAML

/// Asks a provider whether it accepts a key. A verdict is the only outcome: what goes wrong on the
/// way is one too.
public struct Prober: Sendable {
  private let client: HTTPClient
  private let catalogue: Catalogue
  private let policy: OriginPolicy
  private let allowsCost: Bool

  public init(client: HTTPClient, catalogue: Catalogue, policy: OriginPolicy, allowsCost: Bool) {
    self.client = client
    self.catalogue = catalogue
    self.policy = policy
    self.allowsCost = allowsCost
  }

  /// Sends the provider's probe with this entry's key. `gateway` replaces scheme, host and port.
  public func test(
    _ entry: OpenedEntry, gateway: String?, now: Timestamp
  ) async -> TestResult {
    var result = await test(
      entry.payload, of: entry.provider, as: entry.name, gateway: gateway, now: now)
    result.digest = entry.digest
    return result
  }

  /// The same for a key that is not stored yet.
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
    do throws(Early) {
      let provider = try provider(id)
      let format = payload.withKey(provider.format)
      let definition = try definition(of: provider, format: format)
      let url = try url(of: definition, provider: provider, gateway: gateway)
      try check(url, for: payload, provider: provider)
      let request = try ProbeRequest(definition, provider: provider, format: format)
        .request(to: url, with: payload)
      await send(request, payload, definition, into: &result)
      if format == nil, !provider.formats.isEmpty {
        result.note = result.note ?? "does not look like a key of \(provider.name)"
      }
      result.next = Self.next(for: result.verdict, provider: provider)
    } catch {
      result.set(error.verdict, note: error.note)
    }
    return result
  }

  /// A verdict that needs no answer.
  struct Early: Error {
    let verdict: Verdict
    let note: String
  }

  private func provider(_ id: String) throws(Early) -> Provider {
    let found: Provider?
    do throws(Failure) {
      found = try catalogue.provider(id)
    } catch {
      throw Early(verdict: .misconfigured, note: error.message)
    }
    guard let provider = found else {
      throw Early(
        verdict: .misconfigured, note: "no provider '\(id.printable(limit: 80))' is known")
    }
    guard policy.trusts(provider) else {
      let changes = provider.source.protectedChanges
      throw Early(
        verdict: .misconfigured,
        note: "nothing was sent: \(Catalogue.folder)/\(id).yaml changes "
          + "\(changes.joined(separator: ", ")) of a built-in provider; "
          + "KEYVAULT_ALLOW_HOSTS allows its hosts")
    }
    return provider
  }

  private func definition(
    of provider: Provider, format: KeyFormat?
  ) throws(Early) -> ProbeDefinition {
    let general = format?.isUnverifiable == true ? nil : provider.probe
    guard let definition = format?.probe ?? general else {
      let looks = format == nil ? "does not look like" : "looks like"
      throw Early(
        verdict: .unverifiable,
        note: "no free request proves a key of \(provider.name); this one \(looks) one")
    }
    guard !definition.costsTokens || allowsCost else {
      throw Early(
        verdict: .unverifiable, note: "the only request that proves it is paid for: --allow-cost")
    }
    return definition
  }

  private func url(
    of definition: ProbeDefinition, provider: Provider, gateway: String?
  ) throws(Early) -> WebURL {
    do throws(WebURLError) {
      let url = try definition.url(below: provider.baseURL)
      guard let gateway else { return url }
      return try Gateway(gateway).url(for: provider.id, replacing: url)
    } catch {
      throw Early(
        verdict: .misconfigured,
        note: "'\((gateway ?? definition.target).printable(limit: 120))' \(error.message)")
    }
  }

  private func check(
    _ url: WebURL, for payload: Payload, provider: Provider
  ) throws(Early) {
    let hosts = payload.hosts
    guard policy.allows(url.origin, provider: provider.id, payloadHosts: hosts) else {
      throw Early(
        verdict: .misconfigured,
        note: "nothing was sent: \(url.origin) is not where this key may travel; "
          + "KEYVAULT_ALLOW_HOSTS allows it")
    }
  }

  private func send(
    _ request: consuming HTTPRequest, _ payload: Payload, _ definition: ProbeDefinition,
    into result: inout TestResult
  ) async {
    let answer: ProbeAnswer
    do throws(HTTPError) {
      answer = ProbeAnswer(try await client.send(request))
    } catch {
      result.set(.unreachable, note: error.message)
      return
    }
    let judgement = definition.judge(answer)
    result.set(judgement.verdict, note: judgement.note)
    result.http = answer.http.status
    result.rule = judgement.rule
    result.matched = judgement.matched
    result.latency = TestResult.Latency(answer.http.timing)
    result.facts = facts(of: answer, definition, key: payload)
  }

  private func facts(
    of answer: ProbeAnswer, _ definition: ProbeDefinition, key: Payload
  ) -> [String: String] {
    guard !definition.readings.isEmpty else { return [:] }
    let filter = key.withKey { LeakFilter($0) }
    var facts: [String: String] = [:]
    for reading in definition.readings {
      guard let value = reading.value(in: answer), !filter.leaks(in: value) else { continue }
      facts[reading.name] = value.printable(limit: 128)
    }
    return facts
  }

  private static func next(for verdict: Verdict, provider: Provider) -> String? {
    switch verdict {
    case .invalid, .revoked: provider.links.keys.map { "make a new key: \($0)" }
    case .noCredit, .accountDisabled: provider.links.keys.map { "look at the account: \($0)" }
    case .restricted: provider.links.keys.map { "see the key's scopes: \($0)" }
    case .providerError, .unreachable: provider.links.status.map { "see \($0)" }
    default: nil
    }
  }
}

extension TestResult {
  mutating func set(_ verdict: Verdict, note: String?) {
    self.verdict = verdict
    self.note = note
    word = verdict.word
    works = verdict.works
    credit = verdict == .noCredit ? .exhausted : .unknown
  }
}

extension TestResult.Latency {
  init(_ timing: HTTPAnswer.Timing) {
    func milliseconds(_ seconds: Double) -> Double { (seconds * 10_000).rounded() / 10 }
    nameLookup = milliseconds(timing.nameLookup)
    connect = milliseconds(timing.connect)
    tls = milliseconds(timing.tls)
    firstByte = milliseconds(timing.firstByte)
    total = milliseconds(timing.total)
  }
}
