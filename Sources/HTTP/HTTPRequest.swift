public import Secrets

/// One request. It holds a key, so it cannot be copied; it can be sent more than once.
public struct HTTPRequest: ~Copyable, Sendable {
  let method: String
  let url: WebURL
  let headers: [HTTPHeader]
  let secretHeaders: Secret
  let body: Secret?
  let timeout: Duration
  let connectTimeout: Duration
  let hostLimit: Int
  let isSentOnce: Bool

  /// - Parameters:
  ///   - method: As in `GET`; case is preserved.
  ///   - headers: Lines without a secret. `Content-Length` and others that frame the request are
  ///     refused, as is whatever could end a line.
  ///   - secretHeaders: Lines `Name: value`, separated by `\n`; empty for none. A line break within
  ///     a key would begin another header here, so the caller refuses such keys.
  ///   - body: The bytes to send, if any. Their type is the caller's `Content-Type` header.
  ///   - timeout: From the first packet to the last byte of the answer. Waiting for other requests
  ///     to the same host does not count.
  ///   - connectTimeout: For the name, the connection and TLS together.
  ///   - hostLimit: Waits while so many requests to the same host run, if that is fewer than the
  ///     client allows.
  ///   - isSentOnce: Takes a connection of its own: when one that was used before breaks, libcurl
  ///     cannot know whether the request arrived, and sends it again.
  public init(
    method: String, url: WebURL, headers: [HTTPHeader] = [], secretHeaders: consuming Secret,
    body: consuming Secret? = nil, timeout: Duration = .seconds(30),
    connectTimeout: Duration = .seconds(10), hostLimit: Int = .max, isSentOnce: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.secretHeaders = secretHeaders
    self.body = body
    self.timeout = timeout
    self.connectTimeout = connectTimeout
    self.hostLimit = hostLimit
    self.isSentOnce = isSentOnce
  }
}

extension HTTPRequest {
  /// Refuses what would let a method or a header say more than it should.
  borrowing func check() throws(HTTPError) {
    guard !method.isEmpty, method.utf8.allSatisfy(HTTPHeader.isToken) else {
      throw HTTPError(.invalidRequest(.method), url: url)
    }
    for header in headers {
      guard HTTPHeader.isAllowed(name: header.name.utf8),
        header.value.utf8.allSatisfy(HTTPHeader.isAllowed(valueByte:))
      else { throw HTTPError(.invalidRequest(.header(name: header.name)), url: url) }
    }
    let areAllowed = secretHeaders.withBytes(HTTPRequest.areHeaderLines)
    guard areAllowed else { throw HTTPError(.invalidRequest(.secretHeader), url: url) }
  }

  /// Whether each line is a header with a name we allow and a value that is not empty.
  private static func areHeaderLines(_ bytes: RawSpan) -> Bool {
    var start = 0
    while start < bytes.byteCount {
      let end = bytes.firstOffset(of: UInt8(ascii: "\n"), from: start)
      guard isHeaderLine(bytes.extracting(start..<end)) else { return false }
      start = end + 1
    }
    return true
  }

  private static func isHeaderLine(_ line: RawSpan) -> Bool {
    let colon = line.firstOffset(of: UInt8(ascii: ":"), from: 0)
    guard colon < line.byteCount else { return false }
    // A name is not secret: it may be copied.
    let name = (0..<colon).map { line.byte(at: $0) }
    var isEmpty = true
    for offset in (colon + 1)..<line.byteCount {
      let byte = line.byte(at: offset)
      guard HTTPHeader.isAllowed(valueByte: byte) else { return false }
      if byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\t") { isEmpty = false }
    }
    return !isEmpty && HTTPHeader.isAllowed(name: name)
  }
}

extension RawSpan {
  func byte(at offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The first place of `byte` at or after `start`; the count if there is none.
  func firstOffset(of byte: UInt8, from start: Int) -> Int {
    var offset = start
    while offset < byteCount, self.byte(at: offset) != byte { offset += 1 }
    return offset
  }
}
