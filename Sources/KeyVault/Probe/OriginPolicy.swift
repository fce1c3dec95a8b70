public import HTTP

/// Where a key may travel. The text of a repository is anybody's who can open a pull
/// request, so it alone never decides.
public struct OriginPolicy: Sendable {
  /// What the user allows outside the repository.
  private let allowed: Set<Origin>

  public init(allowed: Set<Origin>) {
    self.allowed = allowed
  }

  /// Reads `KEYVAULT_ALLOW_HOSTS`: hosts, `host:port` or https origins, separated by spaces or
  /// commas. Throws a usage failure for anything else.
  public init(parsing text: String) throws(Failure) {
    var allowed: Set<Origin> = []
    for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
      guard let origin = Self.origin(of: String(word)) else {
        throw Failure(.usage, "'\(String(word).printable)' in KEYVAULT_ALLOW_HOSTS is no host")
      }
      allowed.insert(origin)
    }
    self.allowed = allowed
  }

  /// Whether a key of `provider` may be sent to `origin`: the built-in catalogue lists it, or the
  /// payload does, or it is this machine, or the user allows it. `fields` complete a host's name.
  func allows(
    _ origin: Origin, provider: String, fields: [String: String] = [:], payloadHosts: [String]
  ) -> Bool {
    if allowsAnyKey(origin) { return true }
    if payloadHosts.contains(where: { Self.origin(of: $0) == origin }) { return true }
    return Catalogue.builtIn(provider)?.origins(fields).contains(origin) ?? false
  }

  /// Whether keys of any provider may go there: this machine, or what the user allows.
  func allowsAnyKey(_ origin: Origin) -> Bool { origin.isLoopback || allowed.contains(origin) }

  /// What counts of a provider: its definition if that is trusted, else the built-in one.
  func definition(_ provider: Provider) -> Provider {
    trusts(provider) ? provider : Catalogue.builtIn(provider.id) ?? provider
  }

  /// Whether a repository's definition of a built-in provider may be used: it leaves alone what
  /// decides where a key goes, under which name, and what an answer means, or the user allows all its hosts.
  func trusts(_ provider: Provider) -> Bool {
    // A host that a field completes cannot be allowed beforehand.
    provider.source.protectedChanges.isEmpty
      || provider.hostFields.isEmpty && provider.origins([:]).isSubset(of: allowed)
  }

  /// The hosts that go into a payload: where this key may travel from now on. Of a definition that
  /// is not trusted, those of the built-in one.
  public func payloadHosts(
    of provider: Provider, fields: [String: String] = [:]
  ) -> [String] {
    definition(provider).origins(fields).filter { !$0.isLoopback }
      .map(\.hostAndPort).sorted()
  }

  /// The same for a new key in the place of an old one, whose further parts it keeps.
  public func payloadHosts(of provider: Provider, for old: Payload) -> [String] {
    payloadHosts(of: provider, fields: old.hostFields(of: provider))
  }

  /// `api.example.com`, `api.example.com:8443` or an origin, as an origin.
  static func origin(of word: String) -> Origin? {
    let text = word.contains("://") ? word : "https://" + word
    return (try? WebURL(text))?.origin
  }
}

extension Origin {
  /// `api.example.com`, with a port only where it is not that of https.
  var hostAndPort: String { port == 443 ? host : "\(host):\(port)" }
}

extension Provider {
  /// Every origin that the definition names; a host that `fields` do not complete is left out.
  func origins(_ fields: [String: String]) -> Set<Origin> {
    let probes = [probe, quota].compactMap(\.self) + formats.compactMap(\.probe)
    let urls =
      [baseURL(fields)].compactMap(\.self)
      + probes.map(\.target).filter { $0.hasPrefix("https://") }
    return Set(urls.compactMap { (try? WebURL(Self.withoutPath($0)))?.origin })
      .union(hosts.compactMap(OriginPolicy.origin))
  }

  /// A path may hold pointers into an answer, the origin never does.
  private static func withoutPath(_ url: String) -> String {
    let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    return String(url[..<(url[start...].firstIndex(of: "/") ?? url.endIndex)])
  }
}
