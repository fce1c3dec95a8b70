/// What has come of an answer so far.
struct Received {
  private static let headerLimit = 64 << 10

  private(set) var headers: [HTTPHeader] = []
  private(set) var body: [UInt8] = []
  private(set) var isBodyTruncated = false
  private(set) var hasTooManyHeaders = false
  private var headerBytes = 0

  /// Returns how much was taken; less than all of it makes libcurl stop.
  mutating func append(body bytes: UnsafeRawBufferPointer) -> Int {
    let room = HTTPAnswer.bodyLimit - body.count
    unsafe body.append(contentsOf: bytes.prefix(room))
    isBodyTruncated = bytes.count > room
    return min(bytes.count, room)
  }

  /// Takes a line of the head with its line break; returns how much was taken, as above.
  mutating func append(header bytes: UnsafeRawBufferPointer) -> Int {
    headerBytes += bytes.count
    guard headerBytes <= Received.headerLimit else {
      hasTooManyHeaders = true
      return 0
    }
    let line = unsafe String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      // The final answer after an interim one, such as 103.
      headers = []
    } else if line.hasPrefix(" ") || line.hasPrefix("\t") {
      if !headers.isEmpty { headers[headers.count - 1].value += " " + line.trimmed }
    } else if let colon = line.firstIndex(of: ":") {
      headers.append(
        HTTPHeader(
          name: String(line[..<colon]), value: line[line.index(after: colon)...].trimmed))
    }
    return bytes.count
  }
}

extension StringProtocol {
  /// Without white space at either end.
  fileprivate var trimmed: String {
    let start = unicodeScalars.drop(while: \.properties.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
    return String(String.UnicodeScalarView(start[...last]))
  }
}
