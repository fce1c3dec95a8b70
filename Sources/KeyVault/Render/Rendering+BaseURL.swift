internal import HTTP
public import Naming

extension Rendering {
  /// Variables of addresses that this environment decides, whether or not it may set them: an address
  /// from elsewhere would take the keys past the gateway.
  public func addresses(
    of opened: [OpenedEntry], in environment: String
  ) -> Set<Name> {
    let hasGateway = repository.environment(environment).gateway != nil
    let providers = opened.compactMap { try? repository.catalogue.provider($0.provider) }
      .map(policy.definition)
    // What a repository names so cannot take any other variable from a program.
    return Set(
      names: providers.filter { hasGateway || !$0.hostFields.isEmpty }.compactMap(\.baseURLVariable)
        .filter { BaseURLVariable.objection(toAddress: $0) == nil })
  }

  /// A base URL that is left out, since its key may not be sent there.
  struct Refused: Error {
    let variable: String
    let reason: String
    /// What permits it, where the reason does not say so.
    let hint: String?
  }

  /// What was left out, by reason, in sentences.
  static func warnings(of refused: [Refused]) -> [Failure] {
    var warnings: [Failure] = []
    for first in refused where !warnings.contains(where: { $0.message.hasSuffix(first.reason) }) {
      let names = Set(names: refused.filter { $0.reason == first.reason }.map(\.variable))
        .sortedTexts
      warnings.append(
        Failure(
          .findings, "left out \(names.joined(separator: ", ")): \(first.reason)",
          hints: [first.hint].compactMap(\.self)))
    }
    return warnings
  }

  /// The base URL for SDKs: that of a gateway, or one that the credential completes; nil where there is
  /// neither.
  func baseURL(
    of slot: Assembly.Slot, _ entry: OpenedEntry, in environment: String
  ) throws(Failure) -> Result<Address?, Refused> {
    let provider = slot.provider
    let gateway = repository.environment(environment).gateway
    guard let name = provider.baseURLVariable, gateway != nil || !provider.hostFields.isEmpty else {
      return .success(nil)
    }
    if let objection = BaseURLVariable.objection(toAddress: name) {
      throw Failure(.malformed, "'\(entry.name)' cannot be rendered: \(objection)")
    }
    let fields = entry.payload.hostFields(of: provider)
    let url: WebURL
    do throws(ProbePlan.Early) {
      url = try ProbePlanner.url(of: "/", of: provider, fields: fields, gateway: gateway)
    } catch {
      throw Failure(.malformed, "no base URL for '\(entry.name)': \(error.note)")
    }
    let owners = BaseURLVariable.owners(of: name)
    // For a name that only the repository gives, a person must have said where it leads.
    let isOwners = owners.contains(provider.id)
    let isAllowed =
      isOwners
      ? policy.allows(
        url.origin, provider: provider.id, fields: fields, payloadHosts: entry.payload.hosts)
      : policy.allowsAnyKey(url.origin)
    guard isAllowed else {
      return .failure(
        Refused(
          variable: name,
          reason: isOwners || owners.isEmpty
            ? "keys may not be sent to \(url.origin)"
            : "\(owners.joined(separator: ", ")) reads it, and '\(entry.name)' would set it",
          hint: "allow it: \(Shell("KEYVAULT_ALLOW_HOSTS=\(url.origin.permission)"))"))
    }
    if let refused = refused(name, url, of: provider, gateway.map(Gateway.init)) {
      return .failure(refused)
    }
    return .success(
      Address(
        variable: Variable(
          name: name, value: .text(url.withoutFinalSlash), origin: entry.name.path),
        origin: url.origin))
  }
}

extension Rendering {
  /// Why a base URL is left out though its origin is allowed: what the repository says of its path.
  private func refused(
    _ variable: String, _ url: WebURL, of provider: Provider, _ gateway: Gateway?
  ) -> Refused? {
    if let objection = policy.objection(to: provider) {
      return Refused(
        variable: variable, reason: objection.text(of: provider),
        hint: objection.hint(for: provider))
    }
    let objection =
      policy.objection(toPathOf: url)
      ?? gateway.flatMap { policy.objection(to: $0, for: provider.id) }
    return objection.map { Refused(variable: variable, reason: $0, hint: nil) }
  }

  /// Built-in providers of opened entries whose definition by the repository does not count, and why; each
  /// once. The built-in one counts instead.
  public func distrusted(_ opened: [OpenedEntry]) -> [Failure] {
    Set(names: opened.map(\.provider)).sortedTexts.compactMap { id in
      guard let provider = try? repository.catalogue.provider(id), provider.source != .file,
        let objection = policy.objection(to: provider)
      else { return nil }
      return Failure(
        .findings, "\(objection.text(of: provider)), so the built-in definition is used",
        hints: [objection.hint(for: provider)])
    }
  }
}

extension WebURL {
  /// As SDKs want a base URL.
  var withoutFinalSlash: String {
    text.hasSuffix("/") ? String(text.dropLast()) : text
  }
}
