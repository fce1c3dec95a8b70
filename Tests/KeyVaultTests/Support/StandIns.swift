import HTTP

@testable import KeyVault

extension OriginPolicy {
  /// What a person allows who runs stand-ins for providers: the origins on loopback that a repository's
  /// gateways and own providers name, and that of a gateway of the command line.
  static func standIns(
    of repository: Repository, gateway: String? = nil
  ) throws -> OriginPolicy {
    let gateways = repository.configuration.environments.values.map(\.gateway) + [gateway]
    let origins =
      gateways.compactMap(\.self).compactMap { try? Gateway($0).origin() }
      + repository.catalogue.own.filter { $0.source == .file }.flatMap { $0.origins([:]) }
    return OriginPolicy(allowed: Set(origins.filter(\.isLoopback)))
  }

  /// Nothing is allowed outside the repository.
  static let nothingAllowed = OriginPolicy(allowed: [])
}
