import Foundation

/// Looks for the keys of ``Templates`` where no key may be.
enum Canary {
  /// Another key than the one that is stored.
  static let other = "sk-proj-" + String(repeating: "NotARealKey-", count: 3) + "0007"
  /// One whose characters URLs and JSON write otherwise.
  static let wide = "NotARealKey/NotARealKey+NotARealKey=NotARealKey/0003"

  /// What of each key no provider gives to all of its keys alike.
  private static let secrets =
    [
      Templates.openAI.dropFirst("sk-proj-".count),
      Templates.anthropic.dropFirst("sk-ant-api03-".count),
      other.dropFirst("sk-proj-".count), wide[...],
    ].map(String.init)

  /// Any eight characters of a secret, in each form in which bytes travel.
  static let forms: Set<String> = {
    var forms: Set<String> = []
    for secret in secrets.map({ Array($0.utf8) }) {
      for start in 0...(secret.count - 8) {
        forms.formUnion(Self.forms(of: secret[start..<(start + 8)]))
      }
    }
    return forms
  }()

  private static func forms(of bytes: ArraySlice<UInt8>) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    let hex = bytes.map { String($0, radix: 16) }
    let percent = hex.map { "%" + $0 }.joined()
    let escaped = hex.map { "\\u00" + $0 }.joined()
    return [
      text, hex.joined(), hex.joined().uppercased(), percent,
      "%" + hex.joined(separator: "%").uppercased(),
    ]
      + [
        escaped,
        "\\u00" + hex.joined(separator: "\\u00").uppercased().replacing("\\U", with: "\\u"),
      ]
      + urlForms(of: text) + jsonForms(of: text) + base64Forms(of: bytes)
  }

  static func urlForms(of text: String) -> [String] {
    let upper = text.replacing("/", with: "%2F").replacing("+", with: "%2B").replacing(
      "=", with: "%3D")
    return [
      upper,
      upper.replacing("%2F", with: "%2f").replacing("%2B", with: "%2b").replacing(
        "%3D", with: "%3d"),
    ]
  }

  static func jsonForms(of text: String) -> [String] {
    let slashes = text.replacing("/", with: "\\/")
    let numbers = text.replacing("/", with: "\\u002f").replacing("+", with: "\\u002b")
      .replacing("=", with: "\\u003d")
    return [
      slashes, numbers, slashes.replacing("+", with: "\\u002b").replacing("=", with: "\\u003d"),
    ]
  }

  /// At each of the three offsets, without the characters that depend on what stands before and after;
  /// in both alphabets.
  private static func base64Forms(of bytes: ArraySlice<UInt8>) -> [String] {
    (0..<3).flatMap { offset in
      let data = Data([UInt8](repeating: 0, count: offset) + bytes + [0, 0, 0])
      let first = (8 * offset + 5) / 6
      let last = 8 * (offset + bytes.count) / 6
      let form = String(data.base64EncodedString().dropFirst(first).prefix(last - first))
      return [form, form.replacing("+", with: "-").replacing("/", with: "_")]
    }
  }

  /// The forms by their first eight bytes, so that a long text is looked at once.
  private static let heads: [UInt64: [[UInt8]]] = Dictionary(
    grouping: forms.map { Array($0.utf8) }
  ) { $0.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

  static func leaks(in text: some StringProtocol) -> [String] {
    var found: Set<String> = []
    let bytes = Array(text.utf8)
    var head: UInt64 = 0
    for (index, byte) in bytes.enumerated() {
      head = head << 8 | UInt64(byte)
      guard index >= 7, let forms = heads[head] else { continue }
      for form in forms where bytes[(index - 7)...].starts(with: form) {
        found.insert(String(decoding: form, as: UTF8.self))
      }
    }
    return found.sorted()
  }

  /// Commands that exist to print a key, and programs that read what those wrote.
  static func mayShow(_ command: String) -> Bool {
    ["keyvault get", "keyvault render", "gpg -d", "pass show", "cat ", "--reveal"]
      .contains { command.contains($0) }
      || command.contains("keyvault exec") && !command.contains("--mask")
  }
}
