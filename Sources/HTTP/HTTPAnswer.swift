/// What a server answered, whatever its status.
public struct HTTPAnswer: Sendable {
  /// The most of a body that is kept, in bytes after decompression: 4 MiB.
  public static let bodyLimit = 4 << 20

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
  }

  /// 100 to 999.
  public let status: Int
  /// In the order of the answer, white space around values removed.
  public let headers: [HTTPHeader]
  public let body: [UInt8]
  /// Whether the body was longer than `bodyLimit`; the rest was not read.
  public let isBodyTruncated: Bool
  public let timing: Timing
  /// `1.0`, `1.1`, `2` or `3`.
  public let version: String

  /// The value of the first header of that name, in any case.
  public func header(_ name: String) -> String? {
    headers.first { HTTPHeader.areSame($0.name, name) }?.value
  }
}
