import ArgumentParser
import KeyVault
import Naming

/// Options that choose entries by their provider.
struct NarrowingOptions: ParsableArguments {
  @Option(help: "Include only keys of this provider (comma-separated, repeatable).")
  var provider: [String] = []

  @Option(
    help: "Include only keys of providers with this capability (comma-separated, repeatable).")
  var capability: [String] = []

  /// Whether nothing is left out.
  var isEmpty: Bool { provider.isEmpty && capability.isEmpty }

  /// The part of the selection that the options choose; it may be empty. Throws a usage failure for an unknown
  /// provider or capability.
  func narrow(_ selection: Selection, in repository: Repository) throws(Failure) -> Selection {
    let (provider, capability) = (self.provider.splitAtCommas, self.capability.splitAtCommas)
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
      .usage, "--\(what): unknown \(what) '\(word.printable(limit: 80))'",
      hints: [close ?? "'keyvault providers' shows all"])
  }
}
