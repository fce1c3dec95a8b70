/// Variables in which SDKs look for the address of their API. Whoever sets one decides where the keys
/// of that provider go, so a repository's text alone must not set another provider's.
enum BaseURLVariable {
  /// The built-in providers whose SDKs read `variable`.
  static func owners(of variable: String) -> Set<String> { known[variable] ?? [] }

  /// Why no key and no field is rendered under this name; nil if it may be.
  static func objection(to name: String) -> String? {
    owners(of: name).isEmpty
      ? nil : "'\(name)' tells programs where to send keys, so it never holds one"
  }

  /// Read off the embedded files line by line: to parse them all would take longer than a rendering.
  private static let known: [String: Set<String>] = {
    let start = "  base_url_env: "
    var known: [String: Set<String>] = [:]
    for (name, text) in Embedded.providers {
      let line = text.utf8.split(separator: UInt8(ascii: "\n"))
        .first { $0.starts(with: start.utf8) }
      guard let variable = line.flatMap({ String($0.dropFirst(start.utf8.count)) }) else {
        continue
      }
      known[variable, default: []].insert(String(name.dropLast(".yaml".count)))
    }
    return known
  }()
}
