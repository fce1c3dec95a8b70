import Testing

@testable import Secrets

struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `SHA-256 of the vectors of FIPS 180-4`(text: String, digest: String) {
    #expect(SHA256.hex(of: Array(text.utf8)) == digest)
  }

  @Test func `SHA-256 of a million letters`() {
    #expect(
      SHA256.hex(of: [UInt8](repeating: 97, count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test(arguments: [
    // RFC 4231, cases 1, 2 and 6 (a key longer than a block), and an empty key.
    (
      [UInt8](repeating: 0x0b, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xaa, count: 131),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    ([UInt8](), "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
  ])
  func `HMAC of known vectors`(key: [UInt8], text: String, code: String) {
    let found = HMACSHA256.hex(for: Array(text.utf8), key: Secret(copying: key.span.bytes))
    #expect(found == code)
  }

  @Test func `a code is valid for its bytes and its key only`() {
    let bytes = Array("state".utf8)
    func code(under key: String) -> [UInt8] {
      HMACSHA256.code(for: bytes.span.bytes, key: Secret(utf8: key))
    }
    func isValid(_ code: [UInt8], under key: String) -> Bool {
      HMACSHA256.isValid(code, for: bytes.span.bytes, key: Secret(utf8: key))
    }
    let code = code(under: "key")
    var changed = code
    changed[31] ^= 1
    #expect(isValid(code, under: "key"))
    #expect(!isValid(changed, under: "key"))
    #expect(!isValid(Array(code.dropLast()), under: "key"))
    #expect(!isValid(code, under: "other"))
  }

  @Test func `digests are right from many threads at once`() async {
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<64 {
        group.addTask {
          SHA256.hex(of: Array("abc".utf8)).hasPrefix("ba7816bf") && Random.bytes(8).count == 8
        }
      }
      for await right in group { #expect(right) }
    }
  }
}

struct RandomTests {
  @Test func `bytes are as many as asked for and differ`() {
    #expect(Random.bytes(0).isEmpty)
    #expect(Random.bytes(1000).count == 1000)
    #expect(Random.bytes(32) != Random.bytes(32))
  }

  @Test func `identifiers have their shape and differ`() {
    let hex = RandomID.hex()
    #expect(hex.count == 32)
    #expect(hex.allSatisfy { "0123456789abcdef".contains($0) })
    let crockford = RandomID.crockford()
    #expect(crockford.count == 26)
    #expect(crockford.allSatisfy { "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains($0) })
    #expect(Set((0..<100).map { _ in RandomID.crockford() }).count == 100)
  }

  @Test func `Crockford's digits are those of the number`() {
    #expect(
      RandomID.crockford([UInt8](repeating: 0, count: 16)) == String(repeating: "0", count: 26))
    #expect(
      RandomID.crockford([UInt8](repeating: 255, count: 16)) == "7"
        + String(repeating: "Z", count: 25))
    #expect(
      RandomID.crockford([UInt8](repeating: 0, count: 15) + [33]) == String(
        repeating: "0", count: 24) + "11")
  }
}
