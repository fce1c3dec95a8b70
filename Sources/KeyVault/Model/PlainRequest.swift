internal import Naming
internal import YAML

/// What a repository's definition may send beside a key.
///
/// A request can name the host that a gateway passes it on to: by a header, the query, the body, or
/// the path. A user who allows a host consents to that host, and not to what a file makes it do. So
/// a request that a repository writes must be plain: the key in a header for credentials, headers
/// that name a form or a version, and a path of words. This is a list of what is plain, since no
/// list of gateways and their headers would be complete.
enum PlainRequest {
  /// A part of a definition that is not plain.
  struct Exception: Sendable {
    /// For messages, such as `the header 'X-Forwarded-Host'`.
    let text: String
    let place: Place

    init(_ text: String, at node: Node) {
      self.text = text
      place = node.place
    }
  }

  /// The parts that decide what a request says, by the names of ``Catalogue/parts(of:)``.
  static let parts = [
    "base_url", "auth", "headers", "key.formats", "key.fields", "probe", "quota",
  ]

  /// What is not plain in one part of a provider file; nil where all is.
  static func exception(in root: Node, part: String) -> Exception? {
    let key = root["key"]
    return switch part {
    case "base_url": root["base_url"].flatMap { address($0, text: $0.string, of: "'base_url'") }
    case "auth": root["auth"].flatMap(credential)
    case "headers": root["headers"].flatMap(headers)
    case "probe", "quota": root[part].flatMap(request)
    case "key.formats":
      first(of: key?["formats"]) { format in
        format["auth"].flatMap(credential) ?? format["probe"].flatMap(request)
      }
    case "key.fields": first(of: key?["fields"]) { $0["header"].flatMap(field) }
    default: nil
    }
  }

  private static func first(
    of list: Node?, _ exception: (Node) -> Exception?
  ) -> Exception? {
    list?.sequence?.lazy.compactMap(exception).first
  }

  private static func request(_ node: Node) -> Exception? {
    // `none` sends nothing.
    guard let request = node["request"], let text = request.string else { return nil }
    let target = text.drop { $0 != " " }.dropFirst()
    return address(request, text: String(target), of: "'\(text.printable(limit: 80))'")
      ?? node["headers"].flatMap(headers) ?? node["json"].flatMap { body($0) }
      ?? node["form"].flatMap { body($0) }
  }

  private static func address(_ node: Node, text: String?, of what: String) -> Exception? {
    guard let text else { return nil }
    // A path may have such a mark too.
    let start = text.hasPrefix("/") ? nil : text.firstRange(of: "://")?.upperBound
    let path = start.map { text[$0...].drop { $0 != "/" && $0 != "?" } } ?? text[...]
    return isPlain(path: filled(path)) ? nil : Exception("the path of \(what)", at: node)
  }

  private static func credential(_ auth: Node) -> Exception? {
    guard let header = auth["header"], let name = header.string, let value = auth["value"],
      let text = value.string
    else { return nil }
    guard isCredential(name) else { return exception(ofHeader: name, at: header) }
    let before = text.dropLast("{key}".count)
    let isScheme = before.utf8.allSatisfy { isWordByte($0) || " =".utf8.contains($0) }
    return text.hasSuffix("{key}") && isScheme
      ? nil : Exception("the value of the header '\(name.printable(limit: 80))'", at: value)
  }

  private static func headers(_ node: Node) -> Exception? {
    node.mapping?.lazy.compactMap { pair in
      isPlain(header: pair.key, value: pair.value.string ?? "")
        ? nil : exception(ofHeader: pair.key, at: pair.value)
    }.first
  }

  /// Its value is the user's own, in the payload, and still says another thing in another header.
  private static func field(_ header: Node) -> Exception? {
    guard let name = header.string else { return nil }
    return isCredential(name) || has(name, anyOf: fieldEndings)
      ? nil : exception(ofHeader: name, at: header)
  }

  private static func exception(ofHeader name: String, at node: Node) -> Exception {
    Exception("the header '\(name.printable(limit: 80))'", at: node)
  }

  /// The key alone, under the name of a credential: any other word could be an address.
  private static func body(_ node: Node, named name: String = "") -> Exception? {
    switch node.value {
    case .sequence(let nodes): nodes.lazy.compactMap { body($0) }.first
    case .mapping(let pairs):
      pairs.lazy.compactMap { body($0.value, named: $0.key) }.first
    case .string("{key}") where isCredential(name): nil
    default: Exception("the body of its request", at: node)
    }
  }
}

extension PlainRequest {
  private static let credentialEndings = [
    "authorization", "auth", "key", "token", "secret", "credential", "credentials", "password",
  ]
  private static let fieldEndings = [
    "-id", "organization", "-org", "project", "account", "-user", "region", "workspace", "tenant",
    "team", "group", "version",
  ]
  private static let forms: Set<Name> = ["accept", "accept-language", "content-type", "user-agent"]
  private static let parameters: Set<Name> = [
    "limit", "page", "per_page", "page_size", "pagesize", "max_results", "maxresults", "count",
    "size", "v",
  ]

  private static func isCredential(_ name: String) -> Bool { has(name, anyOf: credentialEndings) }

  private static func has(_ name: String, anyOf endings: [String]) -> Bool {
    let name = name.lowercased()
    return endings.contains { name.hasSuffix($0) }
  }

  private static func isPlain(header name: String, value: String) -> Bool {
    if forms.contains(name.lowercased()) { return true }
    return has(name, anyOf: ["version", "-beta"])
      && value.utf8.allSatisfy { isWordByte($0) || " .,;=+".utf8.contains($0) }
  }

  /// Whether a path (`/v1/models`, with its query, or empty) is made of words none of which is an address. A word
  /// can still be the name of an account: whose a shared gateway is to be, only a permission with a path says.
  static func isPlain(path: String) -> Bool {
    let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let segments = parts[0].drop { $0 == "/" }.split(
      separator: "/", omittingEmptySubsequences: false)
    let words = segments.last?.isEmpty == true ? segments.dropLast() : segments[...]
    guard !parts[0].hasPrefix("//"), words.allSatisfy(isWord) else { return false }
    return parts.count == 1 || parts[1].split(separator: "&").allSatisfy(isPlainParameter)
  }

  private static func isPlainParameter(_ text: Substring) -> Bool {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = sides[0].lowercased()
    return sides.count == 2 && (parameters.contains(name) || name.hasSuffix("version"))
      && isWord(sides[1])
  }

  /// `models`, `v1.5`, `@cf`; not `evil.example`, `10.0.0.1`, `host:443` or `%2f`.
  private static func isWord(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return (1...64).contains(text.utf8.count) && parts.count <= 2
      && parts.allSatisfy { $0.utf8.allSatisfy(isWordByte) }
      && parts.dropFirst().allSatisfy { ("0"..."9").contains($0.unicodeScalars.first ?? ".") }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "~"), UInt8(ascii: "@"):
      true
    default: false
    }
  }

  /// With a plain word for each `{…}`: what fills one in is checked where that is done.
  private static func filled(_ template: Substring) -> String {
    template.split(separator: "{", omittingEmptySubsequences: false).enumerated().map {
      index, part in
      index == 0 ? String(part) : "x" + part.drop { $0 != "}" }.dropFirst()
    }.joined()
  }
}

extension Provider {
  /// What of this definition is not plain; nil for a built-in one. Of a file that replaces a built-in, only the
  /// parts that differ count.
  static func exception(in root: Node, _ source: Source) -> PlainRequest.Exception? {
    let changed: Set<Name>? =
      switch source {
      case .builtIn: []
      case .file: nil
      case .override(let changes): Set(names: changes)
      }
    return PlainRequest.parts.lazy.filter { changed?.contains($0) ?? true }
      .compactMap { PlainRequest.exception(in: root, part: $0) }.first
  }
}
