internal import CGcrypt
internal import Glibc

/// The four functions of libgcrypt that we call, found at run time: GnuPG's own library is on
/// every machine that has gpg.
@safe struct Gcrypt: @unchecked Sendable {
  /// Traps with the reason where ``Cryptography/check()`` throws, which is called before: nothing can go on without
  /// digests and random bytes.
  static let shared: Gcrypt = {
    switch opened {
    case .success(let library): library
    case .failure(let error): fatalError(error.message)
    }
  }()

  /// Opened and initialised at the first use, once for the process.
  fileprivate static let opened = Result { () throws(CryptographyError) in try Gcrypt() }

  private let hashBuffer: kv_gcry_md_hash_buffer
  private let hashBuffers: kv_gcry_md_hash_buffers
  private let fill: kv_gcry_randomize

  private init() throws(CryptographyError) {
    guard let library = unsafe dlopen("libgcrypt.so.20", RTLD_NOW | RTLD_LOCAL) else {
      throw CryptographyError("cannot open libgcrypt.so.20: install the package libgcrypt20")
    }
    func symbol(_ name: String) throws(CryptographyError) -> UnsafeMutableRawPointer {
      guard let found = unsafe dlsym(library, name) else {
        throw CryptographyError(
          "libgcrypt.so.20 has no '\(name)': install the package libgcrypt20 again")
      }
      return unsafe found
    }
    unsafe hashBuffer = unsafeBitCast(
      try symbol("gcry_md_hash_buffer"), to: kv_gcry_md_hash_buffer.self)
    unsafe hashBuffers = unsafeBitCast(
      try symbol("gcry_md_hash_buffers"), to: kv_gcry_md_hash_buffers.self)
    unsafe fill = unsafeBitCast(try symbol("gcry_randomize"), to: kv_gcry_randomize.self)

    let checkVersion = unsafe unsafeBitCast(
      try symbol("gcry_check_version"), to: kv_gcry_check_version.self)
    guard unsafe checkVersion("1.8.0") != nil else {
      throw CryptographyError(
        "libgcrypt.so.20 is older than 1.8.0: upgrade the package libgcrypt20")
    }
    let control = unsafe try symbol("gcry_control")
    // Another library of the process may have done it; doing it twice is an error there.
    if unsafe kv_gcry_command(control, Int32(KV_GCRYCTL_INITIALIZATION_FINISHED_P)) == 0 {
      // Secrets have their own memory; this spares libgcrypt's pool and its warning.
      _ = unsafe kv_gcry_command(control, Int32(KV_GCRYCTL_DISABLE_SECMEM))
      _ = unsafe kv_gcry_command(control, Int32(KV_GCRYCTL_INITIALIZATION_FINISHED))
    }
  }

  /// The 32 bytes of SHA-256.
  func sha256(_ bytes: RawSpan) -> [UInt8] {
    digest(bytes, Int32(KV_GCRY_MD_SHA256), size: 32)
  }

  /// The 20 bytes of SHA-1.
  func sha1(_ bytes: RawSpan) -> [UInt8] {
    digest(bytes, Int32(KV_GCRY_MD_SHA1), size: 20)
  }

  private func digest(_ bytes: RawSpan, _ algorithm: Int32, size: Int) -> [UInt8] {
    unsafe bytes.withUnsafeBytes { input in
      unsafe [UInt8](unsafeUninitializedCapacity: size) { output, count in
        unsafe hashBuffer(algorithm, output.baseAddress, input.baseAddress, input.count)
        count = size
      }
    }
  }

  /// The 32 bytes of HMAC-SHA-256.
  func hmac(_ bytes: RawSpan, key: RawSpan) -> [UInt8] {
    unsafe bytes.withUnsafeBytes { input in
      unsafe key.withUnsafeBytes { key in
        // The first buffer is the key, says the flag. Nothing is written through these pointers.
        let buffers = unsafe [key, input].map {
          unsafe kv_gcry_buffer(
            size: 0, off: 0, len: $0.count, data: UnsafeMutableRawPointer(mutating: $0.baseAddress))
        }
        return unsafe [UInt8](unsafeUninitializedCapacity: 32) { output, count in
          let status = unsafe hashBuffers(
            Int32(KV_GCRY_MD_SHA256), UInt32(KV_GCRY_MD_FLAG_HMAC),
            output.baseAddress, buffers, Int32(buffers.count))
          precondition(status == 0, "libgcrypt refused an HMAC, status \(status)")
          count = 32
        }
      }
    }
  }

  /// Random bytes fit for keys.
  func random(_ count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
      unsafe fill(output.baseAddress, count, Int32(KV_GCRY_STRONG_RANDOM))
      initialized = count
    }
  }
}

/// Why this machine cannot compute digests.
public struct CryptographyError: Error {
  /// In a sentence, with what to do.
  public let message: String

  init(_ message: String) { self.message = message }
}

/// The functions of libgcrypt that digests, message authentication codes and random bytes need.
public enum Cryptography {
  /// Throws where libgcrypt is missing or too old. A process calls it before it uses anything of this module; what
  /// needs libgcrypt traps then no more.
  public static func check() throws(CryptographyError) { _ = try Gcrypt.opened.get() }
}
