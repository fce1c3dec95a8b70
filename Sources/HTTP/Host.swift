internal import Glibc

/// The rules for the host of a URL.
enum Host {
  /// The host's one spelling: a name or IPv4 address in lower case, or an IPv6 address in brackets.
  static func canonical(_ text: Substring) throws(WebURLError) -> String {
    if text.hasPrefix("[") && text.hasSuffix("]") {
      guard let address = address6(text.dropFirst().dropLast()) else { throw .host(String(text)) }
      return "[\(address)]"
    }
    let host = text.lowercased()
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard host.utf8.count <= 253, labels.allSatisfy(isLabel), let last = labels.last else {
      throw .host(String(text))
    }
    // A last label that is a number makes it an address, which inet_aton() reads in many ways:
    // only the plain one is left.
    if isNumber(last) && !isAddress4(labels) { throw .host(String(text)) }
    return host
  }

  static func isLoopback(_ host: String) -> Bool {
    if host == "[::1]" { return true }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    return isAddress4(labels) && labels[0] == "127"
  }

  static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  private static func isLabel(_ label: Substring) -> Bool {
    1...63 ~= label.utf8.count && !label.hasPrefix("-") && !label.hasSuffix("-")
      && label.utf8.allSatisfy {
        isDigit($0) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: "-")
      }
  }

  private static func isNumber(_ label: Substring) -> Bool {
    label.utf8.allSatisfy(isDigit)
      || label.hasPrefix("0x") && label.dropFirst(2).allSatisfy(\.properties.isASCIIHexDigit)
  }

  private static func isAddress4(_ labels: [Substring]) -> Bool {
    labels.count == 4
      && labels.allSatisfy { label in
        label.utf8.allSatisfy(isDigit) && UInt8(label).map { String($0) } == String(label)
      }
  }

  private static func address6(_ text: Substring) -> String? {
    var address = in6_addr()
    guard unsafe inet_pton(AF_INET6, String(text), &address) == 1 else { return nil }
    let room = Int(INET6_ADDRSTRLEN)
    return unsafe String(unsafeUninitializedCapacity: room) { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
        unsafe inet_ntop(AF_INET6, &address, characters.baseAddress, socklen_t(room))
        return unsafe strlen(characters.baseAddress!)
      }
    }
  }
}
