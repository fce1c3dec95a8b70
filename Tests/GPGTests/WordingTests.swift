import Testing

@testable import GPG

struct WordingTests {
  private static let fingerprint = String(repeating: "A1", count: 20)

  private static let errors: [GPGError] = {
    let why: [GPGError.Unusable] = [
      .expired(fingerprint: fingerprint, subkey: nil, since: 1),
      .subkeyExpired(fingerprint: fingerprint, subkey: "B", since: nil),
      .revoked(fingerprint: fingerprint),
      .cannotEncrypt(fingerprint: fingerprint),
      // A key that its owner disabled in the keyring; no trait of a test.
      .disabled(fingerprint: fingerprint),
      .otherKey(found: "B", wanted: "A"), .severalKeys(2), .noKey, .secretKey, .tooLarge(70_000),
      .refused(code: 53),
    ]
    let reasons: [GPGError.Reason] =
      [
        .noSecretKey(keyIDs: [0x00AB]), .noSecretKey(keyIDs: []), .badPassphrase,
        .passphraseNeeded, .noPinentry, .cancelled, .outOfMemory, .noAgent,
        .homeUnusable(path: "/x", errno: 13), .homeUnusable(path: "/x", errno: 2), .noUserHome,
        .noAnswer, .programRefused("gpg in '/x' is passed over"),
        .socketPathTooLong(path: "/x", length: 120), .programMissing(path: "/x/gpg"),
        .programMissing(path: nil), .notEncrypted, .damaged, .tooLarge(limit: 1),
        .recipientsDiffer(missing: ["A"], unexpected: [1]), .noRecipients,
        .noPublicKey(fingerprint: "A"), .noSecretKeyImported, .noHome(path: "/x", errno: 13),
        .other(code: 152),
      ] + why.map { .unusableRecipient(file: "a.asc", why: $0) }
    return reasons.map { GPGError($0) }
  }()

  private static let refusals: [MessageError] =
    ([
      .empty, .tooLarge(2), .notOpenPGP, .truncated, .damagedArmor, .password, .literal,
      .compressed,
      .signed, .key, .unprotected, .noRecipient, .noContent, .trailing, .unexpectedPacket(tag: 10),
      .unknownVersion(tag: 1, version: 4),
    ] as [MessageError.Reason]).map { MessageError($0) }

  @Test func `every failure has a message of its own, one line without a full stop`() {
    let messages = Self.errors.map(\.message) + Self.refusals.map(\.message)
    for message in messages {
      #expect(message.first?.isUppercase == false, "\(message)")
      #expect(!message.hasSuffix(".") && !message.contains("\n"), "\(message)")
    }
    #expect(Set(messages).count == messages.count)
  }

  @Test func `every failure but an unknown code says what to do next`() {
    for error in Self.errors {
      if case .other = error.reason { continue }
      #expect(error.hint?.hasSuffix(".") == false, "\(error.message)")
    }
    for error in Self.refusals { #expect(error.hint != nil, "\(error.message)") }
  }

  @Test func `messages name the thing`() {
    #expect(
      GPGError(.noSecretKey(keyIDs: [0xAB])).message == "no secret key for 00000000000000AB")
    #expect(
      GPGError(.recipientsDiffer(missing: ["A"], unexpected: [1])).message
        == "gpg encrypted not for A and also for 0000000000000001")
    #expect(GPGError(.noPinentry).hint?.contains("export GPG_TTY=$(tty)") == true)
    #expect(GPGError(.other(code: 152)).message == "gpg failed: 'Decryption failed' (code 152)")
  }
}
