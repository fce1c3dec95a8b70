import Foundation
import Testing

@testable import KeyVault

/// Keys in the clear, of each form that the catalogue knows.
@Suite struct KeyScanTests {
  private struct Example {
    let provider: String
    let format: KeyFormat
  }

  private static let examples = Catalogue(root: nil).all().providers.flatMap { provider in
    provider.formats.filter { $0.prefix.utf8.count >= 3 }.map {
      Example(provider: provider.name, format: $0)
    }
  }

  /// A key that nobody has, with `random` of the format's alphabet after its prefix.
  private func key(_ format: KeyFormat, _ random: (UInt8) -> Bool) -> [UInt8] {
    let prefix = Array(format.prefix.utf8)
    let length = min(max(format.length.lowerBound, prefix.count + 40), format.length.upperBound)
    let letters = (0x21...0x7e).map { UInt8($0) }.filter {
      format.alphabet.contains($0) && random($0)
    }
    return prefix + (prefix.count..<length).map { _ in letters.randomElement()! }
  }

  private func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }

  @Test func `a key of every form with a prefix is found, on its line`() {
    let scan = KeyScan()
    #expect(Self.examples.count > 20)
    for example in Self.examples {
      let text = Array("first\nTOKEN=\"".utf8) + key(example.format, isWord) + Array("\"\n".utf8)
      // Several providers have the same prefix.
      #expect(scan.firstKey(in: text)?.line == 2, "\(example.provider) \(example.format.name)")
    }
  }

  @Test func `what a person writes in place of a key is none`() {
    let scan = KeyScan()
    for example in Self.examples {
      let mask = key(example.format) { [0x78, 0x30, 0x61].contains($0) }
      #expect(scan.firstKey(in: mask) == nil, "\(example.provider) \(example.format.name)")
      let cut = Array(key(example.format, isWord).prefix(example.format.prefix.utf8.count + 4))
      #expect(scan.firstKey(in: cut) == nil)
    }
  }

  @Test func `a repository's own provider counts, and hides no key of the built-in ones`() throws {
    let world = try World()
    try world.write(
      """
      id: openai
      name: Other
      description: x
      capabilities: [text-generation]
      base_url: https://other.example.com
      auth: {header: Authorization, value: "Bearer {key}"}
      key:
        env: [OPENAI_API_KEY]
        formats: [{name: x, prefix: other-, chars: "A-Za-z0-9", length: 30..60}]
      probe: none

      """, to: "providers.d/openai.yaml")
    let scan = KeyScan(others: try world.repository.catalogue.own)
    let own = scan.firstKey(in: Array("other-NotARealKey0123456789NotARealKey".utf8))
    #expect(own == KeyScan.Hit(provider: "Other", line: 1))
    let builtIn = scan.firstKey(in: Array("sk-proj-NotARealKey-NotARealKey-NotARealKey-1".utf8))
    #expect(builtIn?.provider == "OpenAI")
  }
}
