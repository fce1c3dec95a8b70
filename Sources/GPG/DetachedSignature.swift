/// A detached OpenPGP signature over bytes: exactly one packet of version 4 (RFC 9580 §5.2.3), of
/// the kind that covers the bytes unchanged (a binary signature).
public struct DetachedSignature: Sendable, Equatable {
  /// Most bytes of a signature; one by RSA with 8192 bits has 1100.
  public static let sizeLimit = 4096

  /// The packet without its frame.
  let body: [UInt8]

  /// nil where the bytes are anything else, or anything more.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count <= Self.sizeLimit else { return nil }
    var reader = PacketReader(bytes)
    guard let packet = try? reader.next(), reader.isAtEnd, packet.tag == 2 else { return nil }
    let body = Array(bytes[packet.body])
    guard body.count > 10, body[0] == 4, body[1] == 0 else { return nil }
    self.body = body
  }

  /// The packet in a frame of our own.
  public var bytes: [UInt8] { PacketReader.framed(body, tag: 2) }

  /// A message that is signed by this signature and holds exactly `text` (RFC 9580 §10.3): unlike a
  /// detached signature and a file, gpg takes many of them in one run.
  func message(of text: [UInt8]) -> [UInt8] {
    // Binary, of no name and no time.
    bytes + PacketReader.framed([UInt8(ascii: "b"), 0, 0, 0, 0, 0] + text, tag: 11)
  }
}
