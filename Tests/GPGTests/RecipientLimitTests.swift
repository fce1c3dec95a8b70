import Testing

@testable import GPG

/// Messages that name very many recipients, or one of them often.
@Suite struct RecipientLimitTests {
  /// A version 3 session key packet for a key id, and what is behind all of them.
  private func message(_ count: Int) -> [UInt8] {
    let content: [UInt8] = [0xd2, 60, 1] + [UInt8](repeating: 7, count: 59)
    let packets = (0..<count).flatMap { number -> [UInt8] in
      Self.session(number + 1)
    }
    return packets + content
  }

  private static func session(_ key: Int) -> [UInt8] {
    [0xc1, 12, 3] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: key >> ($0 * 8)) }
      + [18, 0, 0]
  }

  private func reason(_ bytes: [UInt8]) -> MessageError.Reason? {
    do throws(MessageError) {
      _ = try Message(bytes)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test func `one key is named once, whatever is between and however it is named`() {
    #expect(reason(Self.session(7) + Self.session(8) + message(3)) == nil)
    #expect(reason(Self.session(2) + message(3)) == .repeatedRecipient(2))
    #expect(reason(Self.session(1) + Self.session(1) + message(0)) == .repeatedRecipient(1))
    // Version 6 names the key by its fingerprint, whose end is the key id.
    let fingerprint: [UInt8] = [4] + [UInt8](repeating: 9, count: 19) + [3]
    let six: [UInt8] = [0xc1, 25, 6, 21] + fingerprint + [18, 0]
    let id = 0x0909_0909_0909_0903
    #expect(reason(six + Self.session(id) + message(0)) == .repeatedRecipient(UInt64(id)))
    #expect(
      MessageError(.repeatedRecipient(2)).message
        == "the OpenPGP message names the key 0000000000000002 more than once")
  }

  @Test func `a few recipients may be hidden, and not one more`() {
    func hidden(_ count: Int) -> [UInt8] { (0..<count).flatMap { _ in Self.session(0) } }
    #expect(reason(hidden(Message.hiddenLimit) + message(1)) == nil)
    #expect(reason(hidden(Message.hiddenLimit + 1) + message(1)) == .tooManyHidden)
  }

  @Test func `four hundred are read and not one more`() throws {
    #expect(try Message(message(Message.recipientLimit)).recipients.count == Message.recipientLimit)
    #expect(throws: MessageError.self) { try Message(message(Message.recipientLimit + 1)) }
    do {
      _ = try Message(message(70_000))
    } catch {
      #expect(error.reason == .tooManyRecipients)
      #expect(error.message == "the OpenPGP message names more than 400 recipients")
    }
  }
}
