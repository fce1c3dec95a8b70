public import HTTP
internal import Naming

/// Where a key may be sent. Anyone who can open a pull request writes the text of a repository, so that
/// text alone never decides.
public struct OriginPolicy: Sendable {
  /// What the user allows outside the repository, with the paths below which it is allowed; none for all.
  private let allowed: [Origin: [String]]
  /// Definitions that the user allows as they are written, as ``Provider/permission`` names them.
  private let definitions: Set<Name>
  /// What the command line names with `--gateway`.
  private var named: Origin?

  public init(allowed: Set<Origin>) {
    self.allowed = allowed.reduce(into: [:]) { $0[$1] = [] }
    definitions = []
  }

  /// What the user allows outside the repository: `text` is `KEYVAULT_ALLOW_HOSTS` and `definitions` is
  /// `KEYVAULT_ALLOW_PROVIDERS`, words separated by spaces or commas, and `configuration` is the user's own.
  /// Throws a usage failure for a word that names no address, or no definition.
  public init(
    parsing text: String, definitions: String = "",
    configuration: UserConfiguration.Trust = UserConfiguration.Trust()
  ) throws(Failure) {
    var allowed: [Origin: [String]] = [:]
    for (words, place) in [
      (Self.words(of: text), "KEYVAULT_ALLOW_HOSTS"),
      (configuration.hosts, "allow_hosts of the user's configuration"),
    ] {
      for word in words {
        let url = try Self.address(permittedBy: word, in: place)
        let path = url.withoutQuery
        // Without a path all paths are allowed, whatever another word says.
        let known = allowed[url.origin]
        allowed[url.origin] = path.isEmpty || known?.isEmpty == true ? [] : (known ?? []) + [path]
      }
    }
    self.allowed = allowed
    self.definitions = try Self.definitions(
      Self.words(of: definitions), configured: configuration.providers)
  }

  private static func words(of text: String) -> [String] {
    text.unicodeScalars.split { $0 == "," || $0.properties.isWhitespace }.map(String.init)
  }

  /// Where keys may be sent, for a command whose line names a gateway.
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
    return BuiltIn.provider(provider)?.origins(fields).contains(origin) ?? false
  }

  /// Whether keys of any provider may go there, since the user allows it outside the repository.
  public func allowsAnyKey(_ origin: Origin) -> Bool { allowed.keys.contains(origin) }

  /// Why no key is sent to `url`, though its origin is allowed; nil if one may. Where the user allows an origin with
  /// paths, what is not below one of them is refused, for every key.
  func objection(toPathOf url: WebURL) -> String? {
    guard url.origin != named, case nil = rest(of: url) else { return nil }
    let shown = url.text.printable(limit: 120)
    return "'\(shown)' is not below a path that is allowed for \(url.origin)"
  }

  /// Checks a gateway that keyvault.yaml names: beyond what the user allows, its path must be
  /// plain.
  func objection(to gateway: Gateway, for provider: String) -> String? {
    guard let base = try? gateway.base(for: provider), base.origin != named,
      let rest = rest(of: base), !PlainRequest.isPlain(path: rest)
    else { return nil }
    return
      "the path of the gateway '\(base.text.printable(limit: 120))' may tell the server where to "
      + "pass the key on; \(Shell("KEYVAULT_ALLOW_HOSTS=\(gateway.fixedPart)")) allows it"
  }

  /// The path of a URL below what the user allows; nil where it is not below that.
  private func rest(of url: WebURL) -> String? {
    guard let prefixes = allowed[url.origin], !prefixes.isEmpty else { return url.path }
    let path = url.withoutQuery
    return prefixes.filter { path == $0 || path.hasPrefix($0 + "/") }
      .max { $0.utf8.count < $1.utf8.count }
      .map { String(url.path.dropFirst($0.unicodeScalars.count)) }
  }

  /// Whether the user allows every host of a definition.
  func allowsHosts(of provider: Provider) -> Bool {
    // A host that a field completes cannot be allowed beforehand.
    provider.hostFields.isEmpty && !provider.hasUnknownOrigin
      && provider.origins([:]).allSatisfy(allowsAnyKey)
  }

  /// Whether the user allows a definition as it is written.
  func allows(_ provider: Provider) -> Bool {
    !definitions.isEmpty && definitions.contains(provider.permission)
  }

  /// `api.example.com`, `api.example.com:8443` or an origin, as an origin.
  static func origin(of word: String) -> Origin? {
    let text = word.contains("://") ? word : "https://" + word
    return (try? WebURL(text))?.origin
  }

  /// What a person allows by `api.example.com`, `api.example.com:8443`, `https://api.example.com/team` or
  /// `http://10.0.0.5:8000`. Loopback needs scheme and port, since many programs listen there.
  private static func address(
    permittedBy word: String, in place: String
  ) throws(Failure) -> WebURL {
    let shown = word.printable(limit: 120)
    guard let url = try? WebURL(word.contains("://") ? word : "https://" + word) else {
      throw Failure(
        .usage,
        "invalid host '\(shown)' in \(place): expected api.example.com, "
          + "api.example.com:8443 or http://10.0.0.5:8000")
    }
    guard !url.origin.isThisMachine || word.hasSchemeAndPort else {
      throw Failure(
        .usage,
        "invalid host '\(shown)' in \(place): expected scheme and port for loopback, "
          + "as in http://127.0.0.1:8080")
    }
    return url
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

extension WebURL {
  /// The path without a slash at its end; empty for none.
  fileprivate var withoutQuery: String {
    let path = path.prefix { $0 != "?" }
    return String(path.hasSuffix("/") ? path.dropLast() : path)
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
