internal import CGPGME
public import Secrets

extension GPG {
  /// Encrypts for the holders of the files' keys and for no other key, in an empty home: neither
  /// the user's keyring nor their trust database decides, or changes. Binary output.
  ///
  /// Who can read the result is compared with who was asked for before it is returned.
  public static func encrypt(
    _ plaintext: borrowing Secret, to recipients: [RecipientFile], program: String,
    runtimeDirectory: String? = nil
  ) throws(GPGError) -> [UInt8] {
    guard !recipients.isEmpty else { throw GPGError(.noRecipients) }
    let bench = try Bench.shared(program: program, runtimeDirectory: runtimeDirectory)
    let paths = try recipients.map { file throws(GPGError) in try bench.place(file) }
    let output = Output(limit: Message.sizeLimit)
    try plaintext.withBytes { bytes throws(GPGError) in
      try unsafe bytes.withUnsafeBytes { input throws(GPGError) in
        try bench.deadline.run(allowance: nil) { () throws(GPGError) in
          try bench.engine.withContext { context throws(GPGError) in
            context.begin()
            let plain = try unsafe DataHandle(reading: input)
            let cipher = try DataHandle(writing: output)
            let status = unsafe gpgme_op_encrypt_ext(
              context.raw, nil, (["--file"] + paths).joined(separator: "\n"), flags, plain.raw,
              cipher.raw)
            try check(status, context, recipients, paths)
          }
        }
      }
    }
    let ciphertext = output.finish().publicBytes()
    try verify(ciphertext, isFor: recipients.map(\.key))
    return ciphertext
  }

  /// Not compressed: the length of a compressed text reveals something about its content.
  private static let flags = gpgme_encrypt_flags_t(
    GPGME_ENCRYPT_ALWAYS_TRUST.rawValue | GPGME_ENCRYPT_NO_ENCRYPT_TO.rawValue
      | GPGME_ENCRYPT_NO_COMPRESS.rawValue)

  /// Finds the file that gpg refused.
  private static func check(
    _ status: gpgme_error_t, _ context: Context, _ recipients: [RecipientFile], _ paths: [String]
  ) throws(GPGError) {
    guard gpgme_err_code(status) != GPG_ERR_NO_ERROR else { return }
    var refused = unsafe gpgme_op_encrypt_result(context.raw)?.pointee.invalid_recipients
    while let entry = unsafe refused {
      let path = unsafe entry.pointee.fpr.map { unsafe String(cString: $0) }
      if let index = paths.firstIndex(where: { $0 == path }) {
        let code = unsafe gpgme_err_code(entry.pointee.reason).rawValue
        throw GPGError(
          .unusableRecipient(file: recipients[index].name, why: .refused(code: code)))
      }
      unsafe refused = entry.pointee.next
    }
    throw GPGError(status: status)
  }

  /// Compares the key ids of the result with the wanted keys: each has one, and there is no other.
  static func verify(_ ciphertext: [UInt8], isFor keys: [Key]) throws(GPGError) {
    guard let message = try? Message(ciphertext) else { throw GPGError(.notEncrypted) }
    let found = Set(message.recipients)
    let missing = keys.filter { found.isDisjoint(with: $0.encryptionKeyIDs) }
    let unexpected = found.subtracting(keys.flatMap(\.encryptionKeyIDs))
    guard missing.isEmpty, unexpected.isEmpty else {
      throw GPGError(
        .recipientsDiffer(
          missing: missing.map(\.fingerprint), unexpected: unexpected.sorted()))
    }
  }
}
