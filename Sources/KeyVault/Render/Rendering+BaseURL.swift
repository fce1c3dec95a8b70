internal import HTTP

extension Rendering {
  /// Variables of addresses that this environment decides, whether or not it may set them: an address
  /// from elsewhere would take the keys past the gateway.
  public func addresses(
    of opened: [OpenedEntry], in environment: String
  ) -> Set<String> {
    let hasGateway = repository.environment(environment).gateway != nil
    let providers = opened.compactMap { try? repository.catalogue.provider($0.provider) }
      .map(policy.definition)
    return Set(
      providers.filter { hasGateway || !$0.hostFields.isEmpty }.compactMap(\.baseURLVariable))
  }

  /// The base URL for SDKs: that of a gateway, or one that the credential completes. Nothing where
  /// the key may not travel there.
  func baseURL(
    of slot: Assembly.Slot, _ entry: OpenedEntry, in environment: String
  ) throws(Failure) -> Variable? {
    let provider = slot.provider
    let gateway = repository.environment(environment).gateway
    guard let name = provider.baseURLVariable, gateway != nil || !provider.hostFields.isEmpty else {
      return nil
    }
    let fields = entry.payload.hostFields(of: provider)
    let url: WebURL
    do throws(ProbePlan.Early) {
      url = try ProbePlanner.url(of: "/", of: provider, fields: fields, gateway: gateway)
    } catch {
      throw Failure(.malformed, "no base URL for '\(entry.name)': \(error.note)")
    }
    let owners = BaseURLVariable.owners(of: name)
    let isOwn = owners.isEmpty || owners.contains(provider.id)
    guard
      isOwn
        ? policy.allows(
          url.origin, provider: provider.id, fields: fields, payloadHosts: entry.payload.hosts)
        : policy.allowsAnyKey(url.origin)
    else {
      if isOwn { return nil }
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

extension Rendering {
  /// Providers of opened entries whose definition by the repository does not count, and why, in a sentence;
  /// each once. The built-in one counts instead.
  public func distrusted(_ opened: [OpenedEntry]) -> [String] {
    Set(opened.map(\.provider)).sorted().compactMap { id in
      guard let provider = try? repository.catalogue.provider(id), !policy.trusts(provider) else {
        return nil
      }
      let changes = provider.source.protectedChanges.joined(separator: ", ")
      return
        "\(Catalogue.folder)/\(id).yaml changes \(changes) of a built-in provider, so what counts is "
        + "the built-in definition"
    }
  }
}

extension WebURL {
  /// As SDKs want a base URL.
  var withoutFinalSlash: String {
    text.hasSuffix("/") ? String(text.dropLast()) : text
  }
}
