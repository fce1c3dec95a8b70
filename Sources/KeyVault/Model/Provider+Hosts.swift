internal import Naming

/// Hosts whose names a field of the credential completes, as in `https://{resource}.openai.azure.com`.
/// Only the built-in catalogue may have such: the author of the field must not choose the rest.
extension Provider {
  /// Names of the fields that stand in `base_url`.
  var hostFields: [String] {
    baseURL.split(separator: "{").dropFirst().compactMap { part in
      part.firstIndex(of: "}").map { String(part[..<$0]) }
    }
  }

  /// `base_url` with its fields filled in; nil where one is missing, or is more than one label of a
  /// host's name: letters, digits and hyphens.
  func baseURL(_ fields: [Name: String]) -> String? {
    var filled = baseURL
    for name in hostFields {
      guard !isOwn, let value = fields[name], Self.isLabel(value) else { return nil }
      filled = filled.replacing("{\(name)}", with: value)
    }
    return filled
  }

  /// Whether a repository alone defines it.
  private var isOwn: Bool { source == .file }

  private static func isLabel(_ text: String) -> Bool {
    (1...63).contains(text.utf8.count) && text.first != "-" && text.last != "-"
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
