import ArgumentParser
import KeyVault
import Naming

/// Options that leave entries out by their provider.
struct NarrowingOptions: ParsableArguments {
  @Option(help: "Only keys of this provider; may be said again.")
  var provider: [String] = []

  @Option(help: "Only keys of providers that can do this; may be said again.")
  var capability: [String] = []

  /// Whether nothing is left out.
  var isEmpty: Bool { provider.isEmpty && capability.isEmpty }

  /// The selection without what was not asked for; it may be empty. Throws a usage failure for a
  /// provider or a capability that nobody knows.
  func narrow(_ selection: Selection, in repository: Repository) throws(Failure) -> Selection {
    let catalogue = repository.catalogue
    let ids = Set(names: selection.all.map(\.provider)).union(catalogue.ids)
    for id in provider { try check(id, "provider", among: ids.sortedTexts) }
    for name in capability { try check(name, "capability", among: Provider.everyCapability) }
    guard !isEmpty else { return selection }
    return selection.narrowed(
      to: ids.filter { id in
        guard provider.isEmpty || provider.contains(id.text) else { return false }
        // Of a broken file nobody knows what it can do, so that its keys are not left out.
        guard !capability.isEmpty, let found = try? catalogue.provider(id.text) else { return true }
        return found.capabilities.contains(where: capability.contains)
      })
  }

  private func check(_ word: String, _ what: String, among known: [String]) throws(Failure) {
    guard !known.contains(word) else { return }
    let close = Suggestion.closest(to: word, among: known).map { "did you mean '\($0)'?" }
    throw Failure(
      .usage, "--\(what): no \(what) '\(word.printable(limit: 80))' is known",
      hints: [close ?? "'keyvault providers' shows all"])
  }
}
