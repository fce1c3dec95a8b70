internal import Naming
internal import Synchronization
internal import YAML

/// The providers that the binary carries.
enum BuiltIn {
  static let ids = Embedded.providers.map { String($0.name.dropLast(".yaml".count)) }

  static let all = ids.compactMap(provider)

  /// Those that were asked for: each is read once a process, however many entries it has.
  private static let known = Mutex<[Name: Provider]>([:])

  /// nil for an unknown id.
  static func provider(_ id: String) -> Provider? {
    if let provider = known.withLock({ $0[id] }) { return provider }
    guard let provider = root(id).map({ Provider($0, source: .builtIn) }) else { return nil }
    known.withLock { $0[id] = provider }
    return provider
  }

  static func root(_ id: String) -> Node? {
    guard let text = Embedded.providers.first(where: { $0.name == id + ".yaml" })?.text else {
      return nil
    }
    // Every test run reads them all.
    return try? Document(parsing: Array(text.utf8)).root
  }
}

extension Provider {
  /// Where a definition of that id comes from.
  static func source(of root: Node, id: String) -> Source {
    guard let builtIn = BuiltIn.root(id) else { return .file }
    return .override(changes: changes(from: builtIn, to: root))
  }

  /// The parts that differ, such as `auth` or `key.formats`, sorted.
  private static func changes(from old: Node, to new: Node) -> [String] {
    let old = parts(of: old)
    let new = parts(of: new)
    return Set(old.keys).union(new.keys).filter { old[$0]?.json != new[$0]?.json }.sortedTexts
  }

  /// By names such as `auth` and `key.formats`.
  static func parts(of root: Node) -> [Name: Node] {
    var parts: [Name: Node] = [:]
    for pair in root.mapping ?? [] {
      guard pair.key == "key", let key = pair.value.mapping else {
        parts[pair.key] = pair.value
        continue
      }
      for part in key { parts["key." + part.key] = part.value }
    }
    return parts
  }
}
