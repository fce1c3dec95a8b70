/// Random bytes fit for keys, by libgcrypt.
public enum Random {
  /// `count` bytes.
  public static func bytes(_ count: Int) -> [UInt8] {
    Gcrypt.shared.random(count)
  }
}

/// Identifiers of 128 random bits.
public enum RandomID {
  /// 32 lower-case hexadecimal digits.
  public static func hex() -> String {
    hexadecimal(Random.bytes(16))
  }

  /// 26 characters of Crockford's base 32 in upper case: no I, L, O or U, so that it can be read
  /// out and typed.
  public static func crockford() -> String {
    crockford(Random.bytes(16))
  }

  /// Sixteen bytes as one big-endian number, like a ULID: the first character is 0 to 7.
  static func crockford(_ bytes: [UInt8]) -> String {
    let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    var value = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    var characters: [UInt8] = []
    for _ in 0..<26 {
      characters.append(alphabet[Int(value & 31)])
      value >>= 5
    }
    return String(decoding: characters.reversed(), as: UTF8.self)
  }
}
