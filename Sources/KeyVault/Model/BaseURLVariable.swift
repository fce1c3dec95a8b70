/// Variables in which SDKs look for the address of their API. A program sends its keys to the address
/// that it finds there, so the text of a repository alone must not set another provider's.
enum BaseURLVariable {
  /// The built-in providers whose SDKs read `variable`.
  static func owners(of variable: String) -> [String] {
    Embedded.addresses.filter { $0.name == variable }.map(\.owner)
  }

  /// Why no key and no field is rendered under this name; nil if it may be. A field of `provider`, if
  /// one is named, may complete the host of that provider's own address.
  static func objection(to name: String, fieldOf provider: String? = nil) -> String? {
    let owners = owners(of: name)
    guard !owners.isEmpty, provider.map({ !owners.contains($0) }) ?? true else { return nil }
    return "'\(name)' is a base-URL variable, so it cannot hold a key"
  }

  /// Why no address is rendered under this name; nil if it may be.
  static func objection(toAddress name: String) -> String? {
    if !owners(of: name).isEmpty { return nil }
    if let objection = VariableName.objection(to: name) { return objection }
    guard !suffixes.contains(where: { name.hasSuffix($0) }) else { return nil }
    return "'\(name)' is not a base-URL variable: expected a name that ends in "
      + suffixes.joined(separator: ", ")
  }

  private static let suffixes = ["_BASE", "_ENDPOINT", "_HOST", "_URI", "_URL"]
}
