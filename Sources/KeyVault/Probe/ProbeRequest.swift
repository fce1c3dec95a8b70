internal import FoundationEssentials
internal import HTTP
internal import Secrets
internal import YAML

/// Fills a probe's templates with a key. Each is filled in one pass, so that nothing in a key is
/// read as a template.
struct ProbeRequest {
  private let definition: ProbeDefinition
  private let provider: Provider
  private let format: KeyFormat?

  init(_ definition: ProbeDefinition, provider: Provider, format: KeyFormat?) {
    self.definition = definition
    self.provider = provider
    self.format = format
  }

  /// The request that presents a credential; one with an empty key presents none.
  func request(to url: WebURL, with payload: Payload) -> HTTPRequest {
    var headers = (provider.headers + definition.headers)
      .map { HTTPHeader(name: $0.name, value: $0.value) }
    if !headers.contains(where: { $0.name.lowercased() == "accept" }) {
      headers.append(HTTPHeader(name: "Accept", value: "application/json"))
    }
    if let type = contentType { headers.append(HTTPHeader(name: "Content-Type", value: type)) }
    return HTTPRequest(
      method: definition.method, url: url, headers: headers,
      secretHeaders: provider.secretHeaders(format, payload), body: body(payload),
      hostLimit: provider.concurrency ?? .max, isSentOnce: definition.costsTokens)
  }

  private var contentType: String? {
    if definition.json != nil { return "application/json" }
    return definition.form.isEmpty ? nil : "application/x-www-form-urlencoded"
  }

  private func body(_ payload: Payload) -> Secret? {
    contentType == nil ? nil : payload.withKey(body)
  }

  private func body(_ key: RawSpan) -> Secret {
    var body = SecretBuilder()
    if let json = definition.json {
      body.append(json: json, key: key)
    } else {
      for (index, field) in definition.form.enumerated() {
        body.append((index == 0 ? "" : "&") + field.name + "=")
        body.append(template: field.value, key: key, escape: SecretBuilder.appendFormEscaped)
      }
    }
    return body.finish()
  }
}

extension Provider {
  /// The headers that present a credential with a key of that kind, a line each.
  func secretHeaders(_ format: KeyFormat?, _ payload: Payload) -> Secret {
    var lines = SecretBuilder()
    payload.withKey { key in
      guard key.byteCount > 0, let auth = format?.auth ?? auth else { return }
      lines.append(auth.header + ": ")
      lines.append(template: auth.value, key: key)
      lines.append("\n")
    }
    for field in fields {
      guard let header = field.header else { continue }
      payload.withField(field.name) { value in
        lines.append(header + ": ")
        lines.append(value)
        lines.append("\n")
      }
    }
    return lines.finish()
  }
}

extension SecretBuilder {
  typealias Escape = (inout SecretBuilder, UInt8) -> Void

  /// The template's text with each `{key}` replaced.
  fileprivate mutating func append(
    template: String, key: RawSpan, escape: Escape = { $0.append(byte: $1) }
  ) {
    var rest = Substring(template)
    while let range = rest.firstRange(of: "{key}") {
      for byte in rest[..<range.lowerBound].utf8 { escape(&self, byte) }
      for index in 0..<key.byteCount { escape(&self, key.byte(index)) }
      rest = rest[range.upperBound...]
    }
    for byte in rest.utf8 { escape(&self, byte) }
  }

  fileprivate mutating func append(json node: Node, key: RawSpan) {
    switch node.value {
    case .string(let text):
      append("\"")
      append(template: text, key: key, escape: Self.appendJSONEscaped)
      append("\"")
    case .sequence(let nodes):
      append("[")
      for (index, node) in nodes.enumerated() {
        if index > 0 { append(",") }
        append(json: node, key: key)
      }
      append("]")
    case .mapping(let pairs):
      append("{")
      for (index, pair) in pairs.enumerated() {
        append((index > 0 ? "," : "") + "\"\(pair.key)\":")
        append(json: pair.value, key: key)
      }
      append("}")
    default: append(node.plain)
    }
  }

  /// One byte of a JSON string (RFC 8259 §7).
  static func appendJSONEscaped(_ builder: inout SecretBuilder, _ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): builder.append("\\\"")
    case UInt8(ascii: "\\"): builder.append("\\\\")
    case 0x0a: builder.append("\\n")
    case 0x0d: builder.append("\\r")
    case 0x09: builder.append("\\t")
    case 0..<0x10: builder.append("\\u000" + String(byte, radix: 16))
    case 0x10..<0x20: builder.append("\\u00" + String(byte, radix: 16))
    default: builder.append(byte: byte)
    }
  }

  static func appendFormEscaped(_ builder: inout SecretBuilder, _ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      builder.append(byte: byte)
    default:
      builder.append("%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true))
    }
  }
}
