/// What a server answered, whatever its status.
public struct HTTPAnswer: Sendable {
  /// The most of a body that is kept, in bytes after decompression: 1 MiB. What is
  /// read comes from outside, and as JSON it takes many times its size.
  public static let bodyLimit = 1 << 20

  /// Seconds from the start of the request; 0 for what did not happen, such as TLS on loopback or a
  /// connection that was still open.
  public struct Timing: Sendable, Equatable {
    /// Until the name was resolved.
    public let nameLookup: Double
    /// Until the connection stood.
    public let connect: Double
    /// Until TLS was agreed on.
    public let tls: Double
    /// Until the answer's first byte.
    public let firstByte: Double
    public let total: Double

    package init(
      nameLookup: Double, connect: Double, tls: Double, firstByte: Double, total: Double
    ) {
      self.nameLookup = nameLookup
      self.connect = connect
      self.tls = tls
      self.firstByte = firstByte
      self.total = total
    }
  }

  /// 100 to 999.
  public let status: Int
  /// In the order of the answer, white space around values removed.
  public let headers: [HTTPHeader]
  public let body: [UInt8]
  /// Whether the body was longer than `bodyLimit`; the rest was not read.
  public let isBodyTruncated: Bool
  public let timing: Timing
  /// How long the server asks to be left alone: `Retry-After` (RFC 9110, 10.2.3), as seconds or as
  /// a date, read by libcurl; nil where the header is missing or says nothing.
  public let retryAfter: Duration?
  /// `1.0`, `1.1`, `2` or `3`.
  public let version: String

  package init(
    status: Int, headers: [HTTPHeader], body: [UInt8], isBodyTruncated: Bool, timing: Timing,
    retryAfter: Duration? = nil, version: String
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.isBodyTruncated = isBodyTruncated
    self.timing = timing
    self.retryAfter = retryAfter
    self.version = version
  }

  /// The value of the first header of that name, in any case.
  public func header(_ name: String) -> String? {
    headers.first { HTTPHeader.areSame($0.name, name) }?.value
  }
}
