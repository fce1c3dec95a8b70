internal import Naming

extension Selection {
  /// What is left with keys of these `providers`, by id, that can do one of these `capabilities`; an empty list narrows
  /// nothing. It may be empty. Throws a usage failure for an unknown provider or capability.
  public func narrowed(
    toProviders providers: [String], capabilities: [String], in repository: Repository
  ) throws(Failure) -> Selection {
    let catalogue = repository.catalogue
    let ids = Set(names: all.map(\.provider)).union(catalogue.ids)
    for id in providers { try Self.check(id, "provider", among: ids.sortedTexts) }
    for name in capabilities {
      try Self.check(name, "capability", among: Provider.everyCapability)
    }
    guard !providers.isEmpty || !capabilities.isEmpty else { return self }
    return narrowed(
      to: ids.filter { id in
        guard providers.isEmpty || providers.contains(id.text) else { return false }
        // A provider whose file is broken may be able to do it, so its keys are not left out.
        guard !capabilities.isEmpty, let found = try? catalogue.provider(id.text) else {
          return true
        }
        return found.capabilities.contains(where: capabilities.contains)
      })
  }

  /// Environments by their names, each once. Throws for a name that is not exactly one environment.
  public static func environments(
    named names: [String], in repository: Repository
  ) throws(Failure) -> [String] {
    var environments: [String] = []
    for name in names {
      let environment = try environment(name, in: repository)
      if !environments.contains(environment) { environments.append(environment) }
    }
    return environments
  }

  private static func check(
    _ word: String, _ what: String, among known: [String]
  ) throws(Failure) {
    guard !known.contains(word) else { return }
    let close = Suggestion.closest(to: word, among: known).map { "did you mean '\($0)'?" }
    throw Failure(
      .usage, "unknown \(what) '\(word.printable(limit: 80))'",
      hints: [close ?? "'keyvault providers' shows all"])
  }
}
