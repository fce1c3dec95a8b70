import Foundation
import Naming
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// `read:` of a provider file, and what is dropped of it.
@Suite(.oneAtATime)
struct ReadingTests {
  private func read(_ reading: String, _ answer: ProbeAnswer) throws -> String? {
    let definition = try definition(
      rules: "{status: 200, verdict: unknown}", read: "{f: \(reading)}")
    return try #require(definition.readings.first).value(in: answer)
  }

  @Test(
    arguments: [
      ("{header: x-id}", "abc"), ("{header: X-ID}", "abc"), ("{header: x-none}", nil),
      ("{header: x-limit, after: \"r=\"}", "494"), ("{header: x-limit, after: \"q=\"}", nil),
      ("{header: x-empty}", nil), ("{header: x-id, scale: 2}", nil),
      ("{body: /n, scale: 0.01}", "12.35"), ("{body: /n, scale: 0.01, unit: USD}", "12.35 USD"),
      ("{body: /n, scale: -1}", "-1234.5"), ("{body: /i, scale: 0.01, unit: USD}", "5 USD"),
      ("{body: /s, scale: 2}", "5"), ("{body: /t, scale: 2}", nil),
      ("{body: /i}", "500"), ("{body: /b}", "true"), ("{body: /z}", nil), ("{body: /none}", nil),
      ("{body: /l}", "1, 2, 3"), ("{body: /o}", nil), ("{body: /empty}", nil),
      ("{body: /l, count: true}", "3"), ("{body: /o, count: true}", "1"),
      ("{body: /i, count: true}", nil), ("{body: /empty, count: true}", "0"), ("{body: /l/1}", "2"),
      ("{body: /t, unit: requests}", "many requests"),
    ] as [(String, String?)])
  func `a fact is read as the file says`(reading: String, expected: String?) throws {
    let answer = answer(
      200,
      #"{"n":1234.5,"i":500,"s":"2.5","t":"many","b":true,"z":null,"l":[1,2,3],"o":{"a":1},"empty":[]}"#,
      headers: [("x-id", "abc"), ("x-limit", "\"api\";r=494;t=170"), ("x-empty", "")])
    #expect(try read(reading, answer) == expected)
  }

  @Test(arguments: [
    "1e300", "-1e300", "1e18", "9223372036854775807", "\"inf\"", "\"nan\"", "\"1e400\"",
  ])
  func `a number of any size does not stop it`(number: String) throws {
    for scale in ["100", "0.01", "-1"] {
      _ = try read("{body: /n, scale: \(scale)}", answer(200, "{\"n\":\(number)}"))
    }
  }

  private static let key = "fake-key+with/slashes==and 7 more"

  private func leaks(_ text: String, key: String = key) -> Bool {
    LeakFilter(Array(key.utf8).span.bytes).leaks(in: text)
  }

  @Test func `eight characters of the key are too many, seven are not`() {
    let characters = Array(Self.key)
    for start in 0...characters.count - 8 {
      let eight = String(characters[start..<start + 8])
      #expect(leaks("#\(eight)#"), "\(eight)")
      #expect(!leaks("#\(eight.prefix(7))#"), "\(eight)")
    }
    #expect(!leaks(""))
    #expect(!leaks("fake-ke"))
  }

  @Test(arguments: ["", "x", "xy", "Bearer ", "user:"])
  func `the key inside other text in base64 is found`(before: String) {
    let encoded = Data((before + Self.key + "tail").utf8).base64EncodedString()
    #expect(leaks(encoded))
    #expect(leaks("…" + encoded.dropFirst(before.count * 4 / 3 + 4).prefix(16) + "…"))
  }

  @Test func `the key in percent-encoded form is found`() {
    var unreserved = CharacterSet.alphanumerics
    unreserved.insert(charactersIn: "-._~")
    let encoded = Self.key.addingPercentEncoding(withAllowedCharacters: unreserved)!
    #expect(encoded.contains("%2F"))
    for start in 0...encoded.count - 8 {
      #expect(leaks(String(encoded.dropFirst(start).prefix(8))))
    }
  }

  @Test func `a key shorter than eight characters is found in no text`() {
    #expect(!leaks("abcdefg abcdefg", key: "abcdefg"))
    #expect(leaks("abcdefgh", key: "abcdefgh"))
  }

  @Test func `a fact that repeats the key is dropped, the others stay`() async throws {
    let key = "NotARealKeyNotARealKeyNotARealKe"
    let stub = try Stub([
      "acme/echo": """
      {"status": 200, "headers": {"x-echo": "got \(key.suffix(8))", "x-short": "\(key.suffix(7))"},
       "body": {"token": "\(key)", "note": "\\u001b[2Jhi", "long": "\(String(repeating: "ab", count: 200))"}}
      """
    ])
    let world = try World()
    try world.write(
      """
      id: acme
      name: Acme
      description: An invented provider
      capabilities: [search]
      base_url: \(stub.base)/acme@echo
      auth: {header: Authorization, value: "Bearer {key}"}
      key: {env: [ACME_API_KEY], formats: [{name: api, chars: A-Za-z0-9, length: 32}]}
      probe:
        request: GET /models
        rules: [{status: 200, body: {/token: {type: string}}, verdict: valid}]
        read:
          echo: {header: x-echo}
          short: {header: x-short}
          token: {body: /token}
          note: {body: /note}
          long: {body: /long}
      """, to: "providers.d/acme.yaml")
    try world.store("production/acme", key)
    let result = try #require(try await world.test().first)
    #expect(result.verdict == .valid, "\(result)")
    #expect(Set(result.facts.keys) == ["short", "note", "long"])
    #expect(result.facts["note"] == "\\u{1b}[2Jhi")
    #expect(result.facts["long"]?.count == 128)
    #expect(stub.requests.first?.header("authorization") == "Bearer \(key)")
  }
}
