import Foundation
import Testing

@testable import Secrets

/// What a secret holds, for comparison; only tests copy plaintext out.
func content(_ secret: borrowing Secret) -> [UInt8] {
  secret.withBytes { span in span.withUnsafeBytes { Array($0) } }
}

struct SecretTests {
  private struct Refused: Error {}

  @Test func `holds what was copied`() {
    let bytes: [UInt8] = [0, 1, 2, 255]
    let secret = Secret(copying: bytes.span.bytes)
    #expect(secret.count == 4)
    #expect(content(secret) == bytes)
    let text = Secret(utf8: "grüße")
    #expect(content(text) == Array("grüße".utf8))
  }

  @Test func `may be empty`() {
    let secret = Secret(utf8: "")
    #expect(secret.count == 0)
    #expect(content(secret).isEmpty)
    #expect(SecretBuilder().finish().count == 0)
  }

  @Test func `is filled by a closure up to its capacity`() {
    let secret = Secret(capacity: 5000) { output in
      while !output.isFull { output.append(7, as: UInt8.self) }
    }
    #expect(secret.count == 5000)
    #expect(content(secret).allSatisfy { $0 == 7 })
  }

  @Test func `passes on what the filling closure throws`() {
    #expect(throws: Refused.self) {
      _ = try Secret(capacity: 10) { output throws(Refused) in
        output.append(1, as: UInt8.self)
        throw Refused()
      }
    }
  }

  @Test func `passes on what the reading closure throws`() {
    #expect(throws: Refused.self) {
      try Secret(utf8: "x").withBytes { _ throws(Refused) in throw Refused() }
    }
  }

  @Test func `the builder keeps every byte while it grows`() {
    var builder = SecretBuilder()
    var expected: [UInt8] = []
    for index in 0..<3000 {
      builder.append(byte: UInt8(index % 251))
      builder.append("=\n")
      expected += [UInt8(index % 251)] + Array("=\n".utf8)
    }
    builder.append(Secret(utf8: "tail"))
    builder.append([1, 2, 3].span.bytes)
    expected += Array("tail".utf8)
    [1, 2, 3].withUnsafeBytes { expected += Array($0) }
    #expect(builder.count == expected.count)
    #expect(content(builder.finish()) == expected)
  }

  @Test func `its source adds no way to print, encode or compare it`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Secrets").standardized
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    let sources = try files.filter { $0.pathExtension == "swift" }
      .map { try String(contentsOf: $0, encoding: .utf8) }
    #expect(sources.contains { $0.contains("public struct Secret: ~Copyable") })
    let forbidden = [
      "CustomStringConvertible", "CustomDebugStringConvertible", "CustomReflectable", "Codable",
      "Encodable", "var description", "var debugDescription", "Equatable", "Hashable", "func ==",
      "TextOutputStreamable", "extension Secret",
    ]
    for source in sources {
      for word in forbidden {
        #expect(!source.contains(word), "the source of Secrets says '\(word)'")
      }
    }
  }
}
