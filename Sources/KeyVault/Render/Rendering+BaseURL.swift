internal import HTTP

extension Rendering {
  /// Variables of addresses that this environment decides, whether or not it may set them: an address
  /// from elsewhere would take the keys past the gateway.
  public func addresses(
    of opened: [OpenedEntry], in environment: String
  ) -> Set<String> {
    let hasGateway = repository.environment(environment).gateway != nil
    let providers = opened.compactMap { try? repository.catalogue.provider($0.provider) }
    // What a repository names so cannot take any other variable from a program.
    return Set(
      providers.filter { hasGateway || !$0.hostFields.isEmpty }
        .compactMap { policy.naming($0).baseURLVariable }
        .filter { BaseURLVariable.objection(toAddress: $0) == nil })
  }

  /// The base URL for SDKs: that of a gateway, or one that the credential completes. Nothing where
  /// the key may not travel there.
  func baseURL(
    of slot: Assembly.Slot, _ entry: OpenedEntry, in environment: String
  ) throws(Failure) -> Variable? {
    let provider = slot.provider
    let gateway = repository.environment(environment).gateway
    guard let name = slot.naming.baseURLVariable, gateway != nil || !provider.hostFields.isEmpty
    else { return nil }
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
    guard
      owners.contains(provider.id)
        ? policy.allows(
          url.origin, provider: provider.id, fields: fields, payloadHosts: entry.payload.hosts)
        : policy.allowsAnyKey(url.origin)
    else {
      if owners.isEmpty || owners.contains(provider.id) { return nil }
      throw Failure(
        .malformed,
        "'\(entry.name)' would set \(name), which is of \(owners.sorted().joined(separator: ", "))",
        hints: [
          "give '\(provider.id)' a base_url_env of its own, or allow \(url.origin) "
            + "with KEYVAULT_ALLOW_HOSTS"
        ])
    }
    return Variable(name: name, value: .text(url.withoutFinalSlash), origin: entry.name.path)
  }
}

extension WebURL {
  /// As SDKs want a base URL.
  var withoutFinalSlash: String {
    text.hasSuffix("/") ? String(text.dropLast()) : text
  }
}
