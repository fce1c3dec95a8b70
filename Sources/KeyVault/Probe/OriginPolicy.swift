public import HTTP
internal import Naming

/// Where a key may travel. Anybody who can open a pull request writes the text of a repository, so that
/// text alone never decides.
public struct OriginPolicy: Sendable {
  /// What the user allows outside the repository.
  private let allowed: Set<Origin>
  /// What the command line names with `--gateway`.
  private var named: Origin?

  public init(allowed: Set<Origin>) {
    self.allowed = allowed
  }

  /// What `KEYVAULT_ALLOW_HOSTS` (`text`: words separated by spaces or commas) and the user's
  /// configuration allow together. Throws a usage failure for a word that names no origin.
  public init(
    parsing text: String, configuration: UserConfiguration.Trust = UserConfiguration.Trust()
  ) throws(Failure) {
    let words = text.unicodeScalars.split { $0 == "," || $0.properties.isWhitespace }
      .map(String.init)
    let origins =
      try words.map { word throws(Failure) in
        try Self.origin(permittedBy: word, in: "KEYVAULT_ALLOW_HOSTS")
      }
      + configuration.hosts.map { word throws(Failure) in
        try Self.origin(permittedBy: word, in: "allow_hosts of the user's configuration")
      }
    self.init(allowed: Set(origins))
  }

  /// The same, for a command whose line names a gateway on loopback.
  public func naming(gateway: Origin) -> OriginPolicy {
    var policy = self
    policy.named = gateway
    return policy
  }

  /// Whether a key of `provider` may be sent to `origin`: the user allows it or names it in this command,
  /// the payload lists it, or the built-in catalogue does. `fields` complete a host's name.
  func allows(
    _ origin: Origin, provider: String, fields: [Name: String] = [:], payloadHosts: [String]
  ) -> Bool {
    if allowsAnyKey(origin) || origin == named { return true }
    guard origin.isSameEverywhere else { return false }
    if payloadHosts.contains(where: { Self.origin(of: $0) == origin }) { return true }
    return Catalogue.builtIn(provider)?.origins(fields).contains(origin) ?? false
  }

  /// Whether keys of any provider may go there, since the user allows it outside the repository.
  public func allowsAnyKey(_ origin: Origin) -> Bool { allowed.contains(origin) }

  /// What counts of a provider: its definition if that is trusted, else the built-in one.
  func definition(_ provider: Provider) -> Provider {
    trusts(provider) ? provider : Catalogue.builtIn(provider.id) ?? provider
  }

  /// Whether a repository's definition of a built-in provider may be used: it leaves alone what
  /// decides where a key goes, under which name, and what an answer means, or the user allows all its hosts.
  func trusts(_ provider: Provider) -> Bool {
    // A host that a field completes cannot be allowed beforehand.
    provider.source.protectedChanges.isEmpty
      || provider.hostFields.isEmpty && !provider.hasUnknownOrigin
        && provider.origins([:]).isSubset(of: allowed)
  }

  /// `api.example.com`, `api.example.com:8443` or an origin, as an origin.
  static func origin(of word: String) -> Origin? {
    let text = word.contains("://") ? word : "https://" + word
    return (try? WebURL(text))?.origin
  }

  /// The origin that a person allows by `api.example.com`, `api.example.com:8443`,
  /// `https://api.example.com` or `http://10.0.0.5:8000`. Loopback needs scheme and port, since many
  /// programs listen there.
  private static func origin(
    permittedBy word: String, in place: String
  ) throws(Failure) -> Origin {
    let shown = word.printable(limit: 120)
    guard let origin = origin(of: word) else {
      throw Failure(
        .usage,
        "invalid host '\(shown)' in \(place): expected api.example.com, "
          + "api.example.com:8443 or http://10.0.0.5:8000")
    }
    guard !origin.isThisMachine || word.hasSchemeAndPort else {
      throw Failure(
        .usage,
        "invalid host '\(shown)' in \(place): expected scheme and port for loopback, "
          + "as in http://127.0.0.1:8080")
    }
    return origin
  }
}

extension String {
  /// Whether a URL says both.
  fileprivate var hasSchemeAndPort: Bool {
    guard let scheme = firstRange(of: "://") else { return false }
    let authority = self[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    return authority[(authority.lastIndex(of: "]") ?? authority.startIndex)...].contains(":")
  }
}

extension Origin {
  /// Whether it is one server wherever the repository is used, reached with encryption. Only such an
  /// origin can be bound to a key: what listens on loopback, or answers in plain HTTP, depends on the
  /// machine and its network.
  var isSameEverywhere: Bool { scheme == "https" && !isThisMachine }

  /// Whether a connection ends on this machine: loopback in any of its spellings.
  fileprivate var isThisMachine: Bool {
    isLoopback || ["localhost", "0.0.0.0", "[::]"].contains(host)
      || host.hasSuffix(".localhost") || host.hasPrefix("[::ffff:127.")
  }

  /// As `KEYVAULT_ALLOW_HOSTS` and payloads name it: `api.example.com`, `api.example.com:8443`, and
  /// `http://127.0.0.1:8080` where the scheme and the port must be said.
  public var permission: String {
    guard isSameEverywhere else { return "\(scheme)://\(host):\(port)" }
    return port == 443 ? host : "\(host):\(port)"
  }
}

extension Provider {
  /// Every origin that the definition names; a host that `fields` do not complete is left out.
  func origins(_ fields: [Name: String]) -> Set<Origin> {
    requestOrigins(fields).union(hosts.compactMap(OriginPolicy.origin))
  }

  /// Those to which its requests go.
  func requestOrigins(_ fields: [Name: String]) -> Set<Origin> {
    Set(urls(fields).compactMap(Self.origin))
  }

  /// Whether it names a URL or a host that cannot be read: what such a definition allows is not known.
  var hasUnknownOrigin: Bool {
    urls([:]).contains { Self.origin(of: $0) == nil }
      || hosts.contains { OriginPolicy.origin(of: $0) == nil }
  }

  private func urls(_ fields: [Name: String]) -> [String] {
    let probes = [probe, quota].compactMap(\.self) + formats.compactMap(\.probe)
    return [baseURL(fields)].compactMap(\.self)
      + probes.map(\.target).filter { !$0.hasPrefix("/") }
  }

  private static func origin(of url: String) -> Origin? {
    (try? WebURL(withoutPath(url)))?.origin
  }

  /// A path may hold pointers into an answer, the origin never does.
  private static func withoutPath(_ url: String) -> String {
    let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    return String(url[..<(url[start...].firstIndex(of: "/") ?? url.endIndex)])
  }
}
