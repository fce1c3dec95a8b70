/// An absolute `https` or `http` URL that can be read in one way only. Whether a key may be sent there is
/// decided by its origin, elsewhere.
///
/// What browsers, libcurl and a human might each read differently (userinfo, backslashes, `127.1`,
/// dot segments) is refused, so that the origin we judge is the one that is connected to.
public struct WebURL: Sendable, Equatable {
  /// `http` or `https`.
  public let scheme: String
  /// In lower case; an IPv6 address is in brackets, in its canonical form.
  public let host: String
  /// The scheme's own port where the text has none.
  public let port: Int
  /// Begins with `/`, includes the query.
  public let path: String

  /// Reads `text`; throws the first thing that is wrong with it.
  public init(_ text: String) throws(WebURLError) {
    try WebURL.checkCharacters(of: text)
    guard let end = text.firstRange(of: "://") else { throw .notAbsolute }
    let scheme = text[..<end.lowerBound].lowercased()
    guard scheme == "https" || scheme == "http" else { throw .scheme(scheme) }

    let rest = text[end.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard !authority.contains("@") else { throw .userinfo }
    let (host, port) = try WebURL.split(authority)

    self.scheme = scheme
    self.host = try Host.canonical(host)
    self.port =
      try port.map { port throws(WebURLError) in try WebURL.number(port) }
      ?? Origin.defaultPort(of: scheme)
    self.path = try WebURL.checked(path: String(rest[authority.endIndex...]))
  }

  private init(origin: Origin, path: String) {
    self.scheme = origin.scheme
    self.host = origin.host
    self.port = origin.port
    self.path = path
  }

  public var origin: Origin { Origin(scheme: scheme, host: host, port: port) }

  /// The whole URL in its one spelling: lower-case host, no default port.
  public var text: String { "\(origin)\(path)" }

  /// Whether the host is an address of this machine: 127.0.0.0/8 or `[::1]`. Names never are.
  public var isLoopback: Bool { Host.isLoopback(host) }

  /// The URL of `path` (absolute, with its query) below this one, as a gateway's base URL is used.
  public func appending(path: String) throws(WebURLError) -> WebURL {
    guard path.hasPrefix("/") else { throw .relativePath(path) }
    let base = self.path.prefix { $0 != "?" }
    let joined = (base.hasSuffix("/") ? base.dropLast() : base) + path
    try WebURL.checkCharacters(of: String(joined))
    return WebURL(origin: origin, path: try WebURL.checked(path: String(joined)))
  }
}

extension WebURL {
  /// Printable ASCII that RFC 3986 allows in a URL, `%` only before two hexadecimal digits.
  private static func checkCharacters(of text: String) throws(WebURLError) {
    var bytes = text.utf8[...]
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "#"): throw .fragment
      case UInt8(ascii: "\\"): throw .backslash
      case UInt8(ascii: "%"):
        guard bytes.prefix(2).count == 2, bytes.prefix(2).allSatisfy(isHexadecimal) else {
          throw .character("%")
        }
      case 0x21...0x7e where !"\"<>^`{|}".utf8.contains(byte): break
      case 0x21...0x7e: throw .character(Character(Unicode.Scalar(byte)))
      case _: throw .unprintable
      }
    }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    Unicode.Scalar(byte).properties.isASCIIHexDigit
  }

  private static func split(
    _ authority: Substring
  ) throws(WebURLError) -> (host: Substring, port: Substring?) {
    let bracket = authority.lastIndex(of: "]").map(authority.index(after:))
    let colon = authority[(bracket ?? authority.startIndex)...].firstIndex(of: ":")
    guard let colon else { return (authority, nil) }
    return (authority[..<colon], authority[authority.index(after: colon)...])
  }

  private static func number(_ port: Substring) throws(WebURLError) -> Int {
    guard !port.hasPrefix("0"), port.count <= 5, port.utf8.allSatisfy(Host.isDigit),
      let number = Int(port), 1...65535 ~= number
    else { throw .port(String(port)) }
    return number
  }

  private static func checked(path: String) throws(WebURLError) -> String {
    let path = path.hasPrefix("/") ? path : "/" + path
    let segments = path.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false)
    for segment in segments {
      let plain = segment.lowercased().split(separator: "%2e", omittingEmptySubsequences: false)
        .joined(separator: ".")
      guard plain != "." && plain != ".." else { throw .dotSegment }
    }
    return path
  }
}
