import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// Entries as pass, gopass and browserpass have them.
struct LayoutObjectionTests {
  private static let key = "sk-proj-NotARealKey-NotARealKey-0001"

  @Test(arguments: [
    ("\n\(key)\n", "its first line is empty"), ("\r\n\(key)\n", "its first line is empty"),
    ("GOPASS-SECRET-1.0\nPassword: \(key)\n", "a header of older gopass"),
    ("---\nkey: \(key)\n", "has '---'"), ("password: \(key)\n", "has a name before the key"),
    ("OPENAI_API_KEY=\(key)\n", "has a name before the key"),
    ("export OPENAI_API_KEY=\(key)\n", "has a name before the key"),
    ("-----BEGIN PRIVATE KEY-----\nabc\n", "a block of several lines"),
    ("{\n  \"key\": 1\n}\n", "JSON of several lines"),
  ])
  func `a key that is not alone on the first line is reported, and not quoted`(
    text: String, words: String
  ) throws {
    let objection = try #require(try Payload(text: text).layoutObjection)
    #expect(objection.contains(words) && !objection.contains(Self.key), "\(objection)")
  }

  @Test(arguments: [
    "\(key)\n", "\(key)\r\nlogin: bob\r\nurl: https://example.com\r\n",
    "\(key)\n---\nuser: bob\n", "\(key)\nfree text\notpauth://totp/x\n",
    "AbCd+/==\nvault: Personal\n",
    "https://example.com/x", "a=b",
  ])
  func `a key on the first line is read, whatever follows it`(text: String) throws {
    let payload = try Payload(text: text)
    #expect(payload.layoutObjection == nil)
    #expect(payload.keyText == text.split { $0.isNewline }[0] && !payload.isBound)
  }

  @Test(arguments: [
    ("vault: Personal", "line 2 is 'vault: …', which keyvault itself writes"),
    ("serial: ABC-123", "line 2 is 'serial: …', which keyvault itself writes"),
    ("provider: Google", "line 2 is 'provider: …', which keyvault itself writes"),
    ("\(key): a\n\(key): b", "line 3 has the same name as line 2"),
    ("login bob", "line 2 is not 'name: value'"),
  ])
  func `a line that would be lost is reported by its number`(line: String, fault: String) throws {
    #expect(try Payload(text: "\(Self.key)\n\(line)\n").fault == fault)
  }

  @Test func `an id of our form on a provider's line is kept as one`() throws {
    let payload = try Payload(text: "\(Self.key)\nprovider: openai\n")
    #expect(payload.provider == "openai" && payload.fault == nil)
    #expect(try Payload(text: "\(Self.key)\nprovider: Open AI\n").provider == nil)
  }
}
