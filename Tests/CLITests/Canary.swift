import Foundation

/// Looks for the keys of ``Templates`` where no key may be.
enum Canary {
  /// Eight characters of a key's secret part, as they are and in base64 at each of three offsets.
  static let forms: [String] = {
    let secret = ["NotARealKey-NotARealKey", "NotARealKey_NotARealKey"]
    let base64 = secret.flatMap { text in
      (0..<3).map { offset in
        // Without the characters that depend on what stands before and after.
        String(Data(text.dropFirst(offset).utf8.prefix(18)).base64EncodedString().dropLast(2))
      }
    }
    return ["NotAReal", "ARealKey"] + base64
  }()

  static func leaks(in text: String) -> [String] {
    forms.filter(text.contains)
  }

  /// Commands that exist to print a key, and programs that read what those wrote.
  static func mayShow(_ command: String) -> Bool {
    ["keyvault get", "keyvault render", "gpg -d", "pass show", "cat ", "--reveal"]
      .contains { command.contains($0) }
  }
}
