import Testing

@testable import KeyVault

struct RecipientListTests {
  private static let fingerprint = "3AF1AAAABBBBCCCCDDDDEEEEFFFF000011112222"
  private static let other = "0123456789ABCDEF0123456789ABCDEF01234567"

  @Test func `full fingerprints are read, one a line`() {
    let text = "# Alice\n\(Self.fingerprint)\n\n# Bob, in small letters\n\(Self.other.lowercased())"
    let list = RecipientList(parsing: Array(text.utf8), folder: "production")
    #expect(list.recipients.map(\.fingerprint) == [Self.fingerprint, Self.other])
    #expect(list.recipients.map(\.line) == [2, 5])
    #expect(list.findings.isEmpty)
    #expect(list.file == "vault/production/.gpg-id")
    #expect(RecipientList.file(in: "") == "vault/.gpg-id")
  }

  @Test(arguments: [
    ("alice@example.com", "is an address, not a fingerprint: anyone can make a key for it"),
    ("Alice <alice@example.com>", "is an address, not a fingerprint: anyone can make a key for it"),
    (
      "FFFF000011112222",
      "is a short key id, not a fingerprint of 40 digits: other keys can share it"
    ),
    ("0x" + fingerprint, "is not just a fingerprint: write its 40 digits, without '0x' and '!'"),
    (fingerprint + "!", "is not just a fingerprint: write its 40 digits, without '0x' and '!'"),
    (
      fingerprint + "000011112222333344445555",
      "is the fingerprint of a version 5 or 6 key, which gpg 2.2 cannot use"
    ),
  ])
  func `anything else is an error with its line`(line: String, objection: String) throws {
    let list = RecipientList(parsing: Array("\(Self.other)\n\(line)\n".utf8), folder: "")
    let finding = try #require(list.findings.first)
    #expect(finding.code == "bad-recipient")
    #expect(finding.severity == .error)
    #expect((finding.line, finding.column) == (2, 1))
    #expect(finding.message == "'\(line)' \(objection)")
    #expect(list.recipients.map(\.fingerprint) == [Self.other])
  }

  @Test(arguments: [" # Alice", "#Alice", "  ", "\t# a # b", " # with a line end of Windows\r"])
  func `a comment behind a fingerprint and blanks around it are read as pass reads them`(
    rest: String
  ) {
    for start in ["", "  ", "\t"] {
      let text = "\(Self.other)\n\(start)\(Self.fingerprint)\(rest)\n   \n"
      let list = RecipientList(parsing: Array(text.utf8), folder: "")
      #expect(list.recipients.map(\.fingerprint) == [Self.other, Self.fingerprint], "\(text)")
      #expect(list.findings.isEmpty)
    }
  }

  @Test(arguments: [
    "sk-proj-NotARealKeyNotARealKeyNotARealKey1", "correct horse battery", "p@ssw0rd!x",
    "３" + fingerprint.dropFirst(), "alice",
  ])
  func `a line that could be a secret is not quoted, and its place is reported`(line: String) throws
  {
    let list = RecipientList(parsing: Array("\(Self.other)\n\(line)\n".utf8), folder: "")
    let finding = try #require(list.findings.first)
    #expect(finding.line == 2 && finding.message.hasPrefix("this line is"))
    #expect(!finding.text.contains(line))
    #expect(finding.hint?.contains("--with-colons KEY |") == true)
  }

  @Test func `the hint for an address can be run as it stands`() throws {
    let line = "Alice O'Hara <alice@example.com>"
    let list = RecipientList(parsing: Array((line + "\n").utf8), folder: "")
    let hint = try #require(list.findings.first?.hint)
    #expect(hint.contains(#"--with-colons 'Alice O'\''Hara <alice@example.com>' |"#))
  }

  @Test func `a line end of Windows is an error on every line`() {
    let list = RecipientList(
      parsing: Array("\(Self.other)\r\n\(Self.fingerprint)\r\n".utf8), folder: "")
    #expect(list.findings.map(\.line) == [1, 2])
    #expect(
      list.findings.allSatisfy { $0.message == "a line ends with CR LF, which pass cannot read" })
    #expect(list.recipients.isEmpty)
  }

  @Test func `the same key twice is a warning and one recipient`() {
    let list = RecipientList(
      parsing: Array("\(Self.other)\n\(Self.other.lowercased())\n".utf8), folder: "")
    #expect(list.recipients.count == 1)
    #expect(list.findings.map(\.code) == ["duplicate-recipient"])
    #expect(list.findings.map(\.severity) == [.warning])
    #expect(list.findings.map(\.message) == ["'\(Self.other)' is already on line 1"])
  }

  @Test(arguments: ["", "\n", "# nobody\n"])
  func `an empty list is an error`(text: String) {
    let list = RecipientList(parsing: Array(text.utf8), folder: "")
    #expect(list.findings.map(\.code) == ["no-recipients"])
  }
}
