internal import GPG

extension GPGError {
  /// The error as a failure of a whole command.
  func failure(what: String) -> Failure {
    let kind: Failure.Kind =
      switch reason {
      case .programMissing, .programRefused, .unsafeSearchPath: .programMissing
      case .notEncrypted, .damaged, .tooLarge, .unusableRecipient, .refusedKey, .recipientsDiffer,
        .noRecipients:
        .malformed
      case .tooSlow, .excessive(.together): .inconclusive
      case .excessive: .malformed
      case .noPublicKey: .notFound
      case .noHome: .cannotWrite
      default: .locked
      }
    return Failure(kind, "\(what): \(message)", hints: hint.map { [$0] } ?? [])
  }
}
