/// What another commit, the base of a change, says of signatures: by it the change is judged.
public struct SigningBase: Sendable {
  let configuration: Configuration
  /// Of its `vault/.recipients.sig`; nil where there was none.
  let recipients: SignedRecipients.Content?

  /// `signedRecipients` are the bytes of `vault/.recipients.sig`, where there was one. Whatever it is
  /// worth, the change is not to fall below its counter.
  init(_ configuration: Configuration, signedRecipients: [UInt8]?) {
    self.configuration = configuration
    recipients = signedRecipients.flatMap(SignedRecipients.init)?.content
  }
}
