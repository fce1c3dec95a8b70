/// Where a request goes: the unit in which it is decided whether a key may be sent there.
public struct Origin: Sendable, Hashable, CustomStringConvertible {
  /// `http` or `https`.
  public let scheme: String
  /// In lower case; an IPv6 address is in brackets.
  public let host: String
  public let port: Int

  /// As in `https://api.openai.com` or `http://127.0.0.1:8080`: the scheme's own port is left out.
  public var description: String {
    let isDefault = port == Origin.defaultPort(of: scheme)
    return isDefault ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
  }

  /// Whether it is this machine: a literal of 127.0.0.0/8, or `[::1]`.
  public var isLoopback: Bool { Host.isLoopback(host) }

  static func defaultPort(of scheme: String) -> Int { scheme == "https" ? 443 : 80 }
}
