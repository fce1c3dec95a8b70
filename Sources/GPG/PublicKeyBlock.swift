internal import Secrets

/// The packets of a public key file that gpg is shown: binary, in frames of our own, and no more work than
/// a person's key is.
///
/// gpg verifies every signature that a key makes over itself, with numbers as large as the file says, and
/// knows no limit of time: one file of 64 KiB can take it minutes. What it is not shown costs nothing.
struct PublicKeyBlock: Sendable {
  let packets: [UInt8]

  /// Primary keys and subkeys.
  static let keyLimit = 64
  /// Signatures that gpg may verify. RSA with 8192 bits has 60 of them in the largest file.
  static let signatureLimit = 200
  /// Packets of every kind.
  static let packetLimit = 500

  /// Reads a file, binary or armored, whatever text is around the armor. Empty where it holds no OpenPGP
  /// packet at all. Throws if it holds what gpg must not be shown.
  init(_ file: [UInt8]) throws(GPGError) {
    do throws(Refused) {
      packets = try Self.packets(in: file)
    } catch {
      throw GPGError(.refusedKey(error.why))
    }
  }

  private static func packets(in file: [UInt8]) throws(Refused) -> [UInt8] {
    let bytes: [UInt8]
    do throws(MessageError) {
      bytes = file.first.map { $0 & 0x80 != 0 } ?? false ? file : try Armor.keys(in: file)
    } catch {
      throw Refused(.damagedKey)
    }
    var reader = PacketReader(bytes)
    var output: [UInt8] = []
    var (keys, signatures, count) = (0, 0, 0)
    var primary: UInt64?
    while !reader.isAtEnd {
      guard let packet = try? reader.next() else { throw Refused(.damagedKey) }
      let body = bytes[packet.body]
      switch packet.tag {
      // Keys and subkeys, public or secret; a secret one is gpg's to tell.
      case 5, 6, 7, 14:
        keys += 1
        guard keys <= keyLimit else { throw Refused(.tooManyPackets(keyLimit, "keys")) }
        try PublicKeyNumbers.check(body)
        if packet.tag < 7 { primary = PublicKeyNumbers.keyID(of: body) }
      case 2:
        // Those of others cannot be verified here, and a key that is sent may have thousands.
        guard SignatureIssuers(body).mayInclude(primary) else { continue }
        signatures += 1
        guard signatures <= signatureLimit else {
          throw Refused(.tooManyPackets(signatureLimit, "signatures of its own"))
        }
      case 13, 17: break
      // Trust, markers, padding, and private packets say nothing to gpg.
      case 10, 12, 21, 40...63: continue
      default: throw Refused(.damagedKey)
      }
      count += 1
      guard count <= packetLimit else { throw Refused(.tooManyPackets(packetLimit, "packets")) }
      output += PacketReader.framed(body, tag: packet.tag)
    }
    return output
  }
}

private struct Refused: Error {
  let why: GPGError.Unusable

  init(_ why: GPGError.Unusable) { self.why = why }
}

/// The numbers of a public key, by which it is heavy.
private enum PublicKeyNumbers {
  private static let modulusLimit = 8192
  private static let exponentLimit = 64
  private static let orderLimit = 512

  /// Throws if a number is too large, or cannot be read.
  static func check(_ body: ArraySlice<UInt8>) throws(Refused) {
    guard let version = body.first, (2...6).contains(version) else { throw Refused(.damagedKey) }
    // Behind the time when it was made, and how many days it lasts.
    let algorithmAt = version > 3 ? 5 : 7
    guard body.count > algorithmAt else { throw Refused(.damagedKey) }
    let start = body.startIndex + algorithmAt
    // Version 5 and 6 say how long the numbers are.
    let numbers = body[(start + 1)...].dropFirst(version >= 5 ? 4 : 0)
    let limits: [(name: String, bits: Int)]
    switch body[start] {
    case 1, 2, 3: limits = [("RSA modulus", modulusLimit), ("RSA exponent", exponentLimit)]
    case 17:
      limits = [
        ("DSA prime", modulusLimit), ("DSA order", orderLimit), ("DSA generator", modulusLimit),
        ("DSA number", modulusLimit),
      ]
    case 16, 20:
      limits = [
        ("ElGamal prime", modulusLimit), ("ElGamal generator", modulusLimit),
        ("ElGamal number", modulusLimit),
      ]
    // Curves have names, and gpg knows none that is heavy.
    default: return
    }
    var rest = numbers
    for limit in limits {
      guard rest.count >= 2 else { throw Refused(.damagedKey) }
      let bits = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
      let size = (bits + 7) / 8
      guard rest.count >= 2 + size else { throw Refused(.damagedKey) }
      guard bits <= limit.bits else {
        throw Refused(.heavyKey("its \(limit.name) has \(bits) bits, more than \(limit.bits)"))
      }
      rest = rest.dropFirst(2 + size)
    }
  }

  /// The id of a version 4 key; nil for others.
  static func keyID(of body: ArraySlice<UInt8>) -> UInt64? {
    guard body.first == 4, body.count <= 0xffff else { return nil }
    let head = [0x99, UInt8(body.count >> 8), UInt8(body.count & 255)]
    return SHA1.digest(of: head + body).suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// Who made a signature, as far as its packet says.
private struct SignatureIssuers {
  /// nil where it is unknown, or does not matter: gpg must see it then.
  private var ids: [UInt64]?

  init(_ body: ArraySlice<UInt8>) {
    let bytes = Array(body)
    // A revocation of the key counts, whatever issuer it names.
    guard bytes.count > 6, bytes[0] == 4, bytes[1] != 0x20 else { return }
    var found: [UInt64] = []
    var rest = bytes[4...]
    for _ in 0..<2 {
      guard rest.count >= 2 else { return }
      let size = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
      let area = rest.dropFirst(2)
      guard area.count >= size, Self.read(area.prefix(size), into: &found) else { return }
      rest = area.dropFirst(size)
    }
    ids = found.isEmpty ? nil : found
  }

  func mayInclude(_ key: UInt64?) -> Bool {
    guard let ids, let key else { return true }
    return ids.contains(key)
  }

  /// Whether the subpackets could be read.
  private static func read(_ area: ArraySlice<UInt8>, into found: inout [UInt64]) -> Bool {
    var rest = area
    while let first = rest.first {
      let bytes = Array(rest.prefix(5))
      let (head, size): (Int, Int)
      switch first {
      case ..<192: (head, size) = (1, Int(first))
      case ..<255 where bytes.count >= 2:
        (head, size) = (2, (Int(first) - 192) << 8 + Int(bytes[1]) + 192)
      case 255 where bytes.count == 5:
        (head, size) = (5, bytes[1...].reduce(0) { $0 << 8 | Int($1) })
      default: return false
      }
      let subpacket = rest.dropFirst(head).prefix(size)
      guard size > 0, subpacket.count == size, let kind = subpacket.first else { return false }
      let data = subpacket.dropFirst()
      switch kind & 0x7f {
      // An issuer's key id, and its fingerprint behind the key's version.
      case 16 where data.count >= 8:
        found.append(data.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
      case 33 where data.first == 4 && data.count >= 21:
        found.append(data.dropFirst(13).prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
      case 16, 33: return false
      default: break
      }
      rest = rest.dropFirst(head + size)
    }
    return true
  }
}
