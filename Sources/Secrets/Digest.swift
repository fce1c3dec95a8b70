/// SHA-256 (FIPS 180-4), by libgcrypt.
public enum SHA256 {
  /// The digest, 32 bytes.
  public static func digest(of bytes: RawSpan) -> [UInt8] {
    Gcrypt.shared.sha256(bytes)
  }

  /// The digest as 64 lower-case hexadecimal digits.
  public static func hex(of bytes: RawSpan) -> String {
    hexadecimal(digest(of: bytes))
  }

  /// The digest as 64 lower-case hexadecimal digits.
  public static func hex(of bytes: [UInt8]) -> String {
    unsafe hex(of: bytes.span.bytes)
  }
}

/// SHA-1, for names that GnuPG and git derive with it and for nothing else.
package enum SHA1 {
  /// The digest, 20 bytes.
  package static func digest(of bytes: [UInt8]) -> [UInt8] {
    unsafe Gcrypt.shared.sha1(bytes.span.bytes)
  }

  /// The digest as 40 lower-case hexadecimal digits.
  package static func hex(of bytes: [UInt8]) -> String { hexadecimal(digest(of: bytes)) }
}

/// HMAC-SHA-256 (RFC 2104), by libgcrypt.
public enum HMACSHA256 {
  /// The code of `bytes` under `key`, 32 bytes.
  public static func code(for bytes: RawSpan, key: borrowing Secret) -> [UInt8] {
    key.withBytes { Gcrypt.shared.hmac(bytes, key: $0) }
  }

  /// The code as 64 lower-case hexadecimal digits.
  public static func hex(for bytes: [UInt8], key: borrowing Secret) -> String {
    unsafe hexadecimal(code(for: bytes.span.bytes, key: key))
  }

  /// The code of a secret as 64 lower-case hexadecimal digits.
  public static func hex(for secret: borrowing Secret, key: borrowing Secret) -> String {
    secret.withBytes { hexadecimal(code(for: $0, key: key)) }
  }

  /// Whether `code` is the code of `bytes`; takes the same time wherever the first difference is.
  public static func isValid(_ code: [UInt8], for bytes: RawSpan, key: borrowing Secret) -> Bool {
    let expected = self.code(for: bytes, key: key)
    guard code.count == expected.count else { return false }
    return zip(code, expected).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

/// Lower-case hexadecimal digits, two a byte.
func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(
    decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
