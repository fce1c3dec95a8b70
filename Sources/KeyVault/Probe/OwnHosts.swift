internal import HTTP
internal import Naming

/// Hosts that only a payload names. Anyone who has the public keys can encrypt a payload, so such hosts
/// count only if a trusted writer or this machine vouches for the entry.
extension Payload {
  /// Origins of `hosts:`, and those that a field completes, without those that the built-in catalogue
  /// has for the provider.
  func ownHosts(for provider: String) -> Set<Origin> {
    let builtIn = BuiltIn.provider(provider)
    let completed = builtIn.map { $0.origins(hostFields(of: $0)) } ?? []
    return Set(hosts.compactMap(OriginPolicy.origin)).union(completed)
      .subtracting(builtIn?.origins([:]) ?? [])
  }
}

extension OriginPolicy {
  /// Whether the built-in catalogue does not have that host, as a payload names it, for a provider.
  public static func isOwn(_ host: String, of provider: String) -> Bool {
    guard let origin = origin(of: host) else { return true }
    return BuiltIn.provider(provider)?.origins([:]).contains(origin) != true
  }

  /// The hosts that only this entry's payload names and that nothing outside the repository allows, as
  /// `KEYVAULT_ALLOW_HOSTS` names them; sorted. `provider` is whose key it is to be (default: the
  /// payload's).
  public func ownHosts(of opened: OpenedEntry, as provider: String? = nil) -> [String] {
    opened.payload.ownHosts(for: provider ?? opened.provider).filter { !allowsAnyKey($0) }
      .map(\.permission).sorted()
  }
}
