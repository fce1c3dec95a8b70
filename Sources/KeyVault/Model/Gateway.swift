public import HTTP
internal import Secrets

/// A server that is in front of providers: its URL replaces scheme, host and port of a
/// provider's, and its path goes before the provider's path.
public struct Gateway: Sendable {
  private let template: String

  /// `template` may hold `{provider}`.
  public init(_ template: String) {
    self.template = template
  }

  /// `http://127.0.0.1:8971/{provider}` for `https://api.openai.com/v1/models` gives
  /// `http://127.0.0.1:8971/openai/v1/models`.
  func url(for provider: String, replacing url: WebURL) throws(WebURLError) -> WebURL {
    try base(for: provider).appending(path: url.path)
  }

  /// The origin, which is the same for every provider. Throws where the template is not a URL.
  public func origin() throws(WebURLError) -> Origin {
    try base(for: "provider").origin
  }

  /// What takes the place of scheme, host and port of a provider's URLs.
  func base(for provider: String) throws(WebURLError) -> WebURL {
    try WebURL(template.replacing("{provider}", with: provider))
  }
}

extension Gateway {
  /// The template up to where `{provider}` is filled in, without a slash at its end: what a person allows.
  var fixedPart: String {
    let fixed = template.prefix { $0 != "{" }
    let end = fixed.utf8.count == template.utf8.count ? nil : fixed.lastIndex(of: "/")
    let part = end.map { fixed[..<$0] } ?? fixed
    return String(part.hasSuffix("/") ? part.dropLast() : part)
  }
}

extension Provider {
  /// Distinguishes requests to a provider: by its file, and by the URL of a gateway, whose paths
  /// may belong to several accounts. An answer to one proves nothing about another.
  func question(through gateway: String?) -> String {
    let place = gateway.map { template in
      (try? Gateway(template).base(for: id))?.text ?? template
    }
    return SHA256.hex(of: Array("\(place ?? "")\n\(root.json)".utf8))
  }
}
