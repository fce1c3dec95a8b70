internal import Glibc
internal import Naming

/// Variables in which SDKs look for the address of their API. Whoever sets one decides where the keys
/// of that provider go, so a repository's text alone must not set another provider's.
enum BaseURLVariable {
  /// The built-in providers whose SDKs read `variable`.
  static func owners(of variable: String) -> Set<Name> { known[variable] ?? [] }

  /// Why no key and no field is rendered under this name; nil if it may be.
  static func objection(to name: String) -> String? {
    owners(of: name).isEmpty
      ? nil : "'\(name)' tells programs where to send keys, so it never holds one"
  }

  /// Found in the embedded files by their text: to parse them all would take longer than a rendering.
  private static let known: [Name: Set<Name>] = {
    var known: [Name: Set<Name>] = [:]
    for (name, text) in Embedded.providers {
      guard let variable = variable(in: text) else { continue }
      known[variable, default: []].insert(String(name.dropLast(".yaml".count)))
    }
    return known
  }()

  private static func variable(in text: String) -> String? {
    text.withCString { text in
      let start = "\n  base_url_env: "
      guard let found = strstr(text, start) else { return nil }
      let name = found + start.utf8.count
      let bytes = UnsafeRawBufferPointer(start: name, count: strcspn(name, "\n"))
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
