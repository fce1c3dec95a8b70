internal import Naming

/// The entries of an environment, those that are to come among them, and what they render.
struct ImportPlaces {
  private let environment: String
  private let present: [Vault.Entry]
  private var names: Set<EntryName>
  /// Variables of entries that are to come.
  private var variables: Set<Name> = []
  /// Variables that are rendered only where a person permits it.
  private(set) var unlisted: [String] = []
  private let repository: Repository

  /// `entries` may hold those of folders below.
  init(in environment: String, of entries: [Vault.Entry], _ repository: Repository) {
    self.environment = environment
    self.repository = repository
    present = entries.filter { $0.name.environment == environment }
    names = Set(present.map(\.name))
  }

  /// The built-in provider, one of `candidates`, whose key renders `variable` already.
  func provider(of variable: String, among candidates: [String]) -> String? {
    present.first { $0.sidecar?.variable == variable }.map(\.provider).flatMap { id in
      candidates.contains(id) && BuiltIn.ids.contains(id) ? id : nil
    }
  }

  /// The place of a key: that of an entry with the same provider and variable, else the provider's
  /// name, else the variable's.
  /// `variable` is what the sidecar must say. Throws why there is none.
  mutating func take(
    for found: FoundVariable, of provider: Provider
  ) throws(Failure) -> (entry: EntryName, variable: String?) {
    let own = found.withValue(provider.variable)
    let isMisplaced = found.withValue { provider.variable(for: $0, insteadOf: found.name) } != nil
    var wanted =
      found.name == provider.id || isMisplaced ? own ?? "" : found.variable ?? own ?? ""
    if variables.contains(wanted), found.variable == nil {
      guard found.hasShownName else { throw Self.unnamed(provider) }
      wanted = found.label.asVariable
      // Where the name is ours to choose, it is one that needs no permission.
      if try !repository.allows(variable: wanted) { wanted += "_KEY" }
    }
    if let refusal = try repository.refusal(ofVariable: wanted) {
      guard found.hasShownName || found.variable == nil else { throw Self.unnamed(provider) }
      if !refusal.hints.isEmpty { unlisted.append(wanted) }
      throw Failure(.usage, ([refusal.message] + refusal.hints.suffix(1)).joined(separator: "; "))
    }
    let entry = try place(of: wanted, found, provider)
    guard variables.insert(wanted).inserted else {
      throw Failure(.usage, "another key is rendered as \(wanted) already")
    }
    names.insert(entry)
    return (entry, wanted == own || present.contains { $0.name == entry } ? nil : wanted)
  }

  private func place(
    of variable: String, _ found: FoundVariable, _ provider: Provider
  ) throws(Failure) -> EntryName {
    let renders = present.filter { entry in
      entry.sidecar?.variable == variable
        || entry.provider == provider.id && entry.variable(of: provider) == variable
    }
    if let there = renders.first {
      guard there.provider == provider.id else {
        throw Failure(
          .usage, "'\(there.name)' is a key of \(there.provider), and renders \(variable)")
      }
      return there.name
    }
    // A name of a variable was permitted before.
    let isNamed = found.hasShownName || found.variable != nil
    for name in [provider.id] + (isNamed ? [found.label.lowercased()] : []) {
      let place = try EntryName("\(environment)/\(name)")
      if !names.contains(place) { return place }
    }
    guard isNamed else { throw Self.unnamed(provider) }
    throw Failure(.usage, "'\(environment)/\(found.label.lowercased())' is another key")
  }

  /// Of one from whose name no entry and no variable may be named.
  private static func unnamed(_ provider: Provider) -> Failure {
    Failure(
      .usage,
      "its name is not shown, because it could be a secret: give it one such as "
        + "\(provider.id.asVariable)_API_KEY")
  }
}

extension FoundVariable {
  /// The last part of its name.
  fileprivate var label: String { name.split(separator: "/").last.map(String.init) ?? name }
}
