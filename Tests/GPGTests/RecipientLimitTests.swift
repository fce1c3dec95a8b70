import GPG
import Testing

/// Messages that name very many recipients.
@Suite struct RecipientLimitTests {
  /// A version 3 session key packet for a key id, and what is behind all of them.
  private func message(_ count: Int) -> [UInt8] {
    let content: [UInt8] = [0xd2, 60, 1] + [UInt8](repeating: 7, count: 59)
    let packets = (0..<count).flatMap { number -> [UInt8] in
      [0xc1, 12, 3] + (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } + [18, 0, 0]
    }
    return packets + content
  }

  @Test func `two thousand are read and not one more`() throws {
    #expect(try Message(message(Message.recipientLimit)).recipients.count == Message.recipientLimit)
    #expect(throws: MessageError.self) { try Message(message(Message.recipientLimit + 1)) }
    do {
      _ = try Message(message(70_000))
    } catch {
      #expect(error.reason == .tooManyRecipients)
      #expect(error.message == "the OpenPGP message names more than 2000 recipients")
    }
  }
}
