internal import HTTP
internal import Naming

/// Where one credential is asked about, and by which definition.
struct ProbePlan: Sendable {
  let provider: Provider
  /// The kind of key; nil where it looks like none that is known.
  let format: KeyFormat?
  let definition: ProbeDefinition
  let url: WebURL

  /// Whether the definition is the provider's own and not one of a single kind of key.
  var isGeneral: Bool { format?.probe == nil }

  /// Equal for plans that ask the same question.
  var name: String {
    let auth = format?.auth ?? provider.auth
    let kind = isGeneral ? "" : format?.name ?? ""
    return [provider.id, kind, url.text, auth?.header ?? "", auth?.value ?? ""]
      .joined(separator: "\n")
  }

  /// A verdict that needs no answer.
  struct Early: Error {
    let verdict: Verdict
    let note: String
  }
}

/// Decides where a key may be sent, before it is.
struct ProbePlanner: Sendable {
  let catalogue: Catalogue
  let policy: OriginPolicy
  let allowsCost: Bool

  /// The plan for a key of the provider `id`. Throws the verdict where nothing may be sent.
  func plan(
    for payload: Payload, of id: String, gateway: String?
  ) throws(ProbePlan.Early) -> ProbePlan {
    let provider = try provider(id)
    let format = payload.withKey(provider.format)
    let definition = try definition(of: provider, format: format)
    for field in provider.fields where field.isRequired {
      guard payload.fieldNames.contains(field.name) else {
        throw ProbePlan.Early(
          verdict: .misconfigured,
          note: "the credential lacks '\(field.name)': "
            + "\(Shell("keyvault set ENTRY --field \(field.name)=VALUE"))")
      }
    }
    let url = try url(of: definition.target, for: payload, of: provider, gateway: gateway)
    return ProbePlan(provider: provider, format: format, definition: definition, url: url)
  }

  /// Where `target` of a definition is; throws if this key may not be sent there, by this gateway or without.
  func url(
    of target: String, for payload: Payload, of provider: Provider, gateway: String?
  ) throws(ProbePlan.Early) -> WebURL {
    let fields = payload.hostFields(of: provider)
    let url = try Self.url(of: target, of: provider, fields: fields, gateway: gateway)
    try check(url, of: provider, fields: fields, payloadHosts: payload.hosts)
    let gateway = gateway.map(Gateway.init)
    if let objection = gateway.flatMap({ policy.objection(to: $0, for: provider.id) }) {
      throw ProbePlan.Early(verdict: .misconfigured, note: "nothing was sent: \(objection)")
    }
    return url
  }

  /// Throws unless a key with these hosts may be sent to `url`.
  func check(
    _ url: WebURL, of provider: Provider, fields: [Name: String], payloadHosts: [String]
  ) throws(ProbePlan.Early) {
    guard
      policy.allows(
        url.origin, provider: provider.id, fields: fields, payloadHosts: payloadHosts)
    else {
      throw ProbePlan.Early(
        verdict: .misconfigured,
        note: "nothing was sent: \(url.origin) is not a host that this key may be sent to; "
          + "\(Shell("KEYVAULT_ALLOW_HOSTS=\(url.origin.permission)")) allows it")
    }
    if let objection = policy.objection(toPathOf: url) {
      throw ProbePlan.Early(verdict: .misconfigured, note: "nothing was sent: \(objection)")
    }
  }

  /// Where a program sends requests with this key, without a final slash. Throws if the key may not be sent
  /// there, or the definition may not be used.
  func baseURL(
    for payload: Payload, of provider: Provider, gateway: String?
  ) throws(ProbePlan.Early) -> String {
    try url(of: "/", for: payload, of: trusted(provider), gateway: gateway).withoutFinalSlash
  }

  static func url(
    of target: String, of provider: Provider, fields: [Name: String], gateway: String?
  ) throws(ProbePlan.Early) -> WebURL {
    guard let base = provider.baseURL(fields) else {
      throw ProbePlan.Early(
        verdict: .misconfigured,
        note: "'\(provider.hostFields.joined(separator: "', '"))' must be letters, digits and "
          + "hyphens, since it is a part of the host's name")
    }
    do throws(WebURLError) {
      let url = try ProbeDefinition.url(of: target, below: base)
      guard let gateway else { return url }
      return try Gateway(gateway).url(for: provider.id, replacing: url)
    } catch {
      throw ProbePlan.Early(
        verdict: .misconfigured,
        note: "'\((gateway ?? target).printable(limit: 120))' \(error.message)")
    }
  }

  private func provider(_ id: String) throws(ProbePlan.Early) -> Provider {
    let found: Provider?
    do throws(Failure) {
      found = try catalogue.provider(id)
    } catch {
      throw ProbePlan.Early(verdict: .misconfigured, note: error.message)
    }
    guard let provider = found else {
      throw ProbePlan.Early(
        verdict: .misconfigured, note: "unknown provider '\(id.printable(limit: 80))'")
    }
    return try trusted(provider)
  }

  /// The entry's provider. Throws where a repository's definition of it may not be used.
  func trusted(_ provider: Provider) throws(ProbePlan.Early) -> Provider {
    guard let objection = policy.objection(to: provider) else { return provider }
    throw ProbePlan.Early(
      verdict: .misconfigured,
      note: "nothing was sent: \(objection.text(of: provider)); \(objection.hint(for: provider))")
  }

  private func definition(
    of provider: Provider, format: KeyFormat?
  ) throws(ProbePlan.Early) -> ProbeDefinition {
    guard let definition = provider.definition(for: format) else {
      let looks = format == nil ? "does not look like" : "looks like"
      throw ProbePlan.Early(
        verdict: .unverifiable,
        note: "no free request proves a key of \(provider.name); this one \(looks) one")
    }
    guard !definition.costsTokens || allowsCost else {
      throw ProbePlan.Early(
        verdict: .unverifiable, note: "the only request that proves it costs money: --allow-cost")
    }
    return definition
  }
}

extension Payload {
  /// The additional fields that are not secret, for requests with another key.
  public func openFields(of provider: Provider) -> [(name: String, value: String)] {
    provider.fields.filter { !$0.isSecret }.compactMap { field in
      text(of: field.name).map { (field.name, $0) }
    }
  }

  private func text(of field: String) -> String? {
    withField(field) { bytes in
      String(decoding: (0..<bytes.byteCount).map { bytes.byte($0) }, as: UTF8.self)
    }
  }

  /// The values of the fields that are a part of the provider's host; they are not secret.
  func hostFields(of provider: Provider) -> [Name: String] {
    var fields: [Name: String] = [:]
    for name in provider.hostFields {
      fields[name] = text(of: name)
    }
    return fields
  }
}
