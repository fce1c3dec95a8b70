internal import Naming

/// One header of a request or an answer.
public struct HTTPHeader: Sendable, Equatable {
  public var name: String
  public var value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

extension HTTPHeader {
  /// Headers that frame a message or speak to a proxy: only we and libcurl may write them.
  private static let reserved: Set<Name> = [
    "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization",
    "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
  ]

  static func isAllowed(name: some Collection<UInt8>) -> Bool {
    !name.isEmpty && name.allSatisfy(isToken)
      && !reserved.contains(String(decoding: name, as: UTF8.self).lowercased())
  }

  /// Whether a header's value may contain the byte: no control character except the tab.
  static func isAllowed(valueByte byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x7f || byte == UInt8(ascii: "\t")
  }

  /// A `tchar` of RFC 9110, 5.6.2.
  static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case _: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  static func areSame(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count && a.lowercased() == b.lowercased()
  }
}
