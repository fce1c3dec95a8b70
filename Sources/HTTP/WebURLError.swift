/// What is wrong with a URL.
public enum WebURLError: Error, Sendable, Equatable {
  case notAbsolute
  case scheme(String)
  case userinfo
  case backslash
  case fragment
  case unprintable
  case character(Character)
  case host(String)
  case port(String)
  case relativePath(String)
  case dotSegment

  /// A phrase that goes on from the URL's name: "is not an absolute URL".
  public var message: String {
    switch self {
    case .notAbsolute: "is not an absolute URL such as 'https://example.com/path'"
    case .scheme(let scheme): "has the scheme '\(scheme)': expected 'https' or 'http'"
    case .userinfo: "has a user name or password before the host"
    case .backslash: "has a backslash"
    case .fragment: "has a fragment ('#')"
    case .unprintable: "has a space, a control character or a character beyond ASCII"
    case .character(let character): "has the character '\(character)' where a URL allows none"
    case .host(""): "has no host"
    case .host(let host): "has the host '\(host)', which is neither a name nor an address"
    case .port(let port): "has the port '\(port)', which is not a number from 1 to 65535"
    case .relativePath(let path): "has the path '\(path)', which does not begin with '/'"
    case .dotSegment: "has '.' or '..' as a part of its path"
    }
  }
}
