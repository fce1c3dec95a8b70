import ArgumentParser
import KeyVault

/// Options that leave entries out by their provider.
struct NarrowingOptions: ParsableArguments {
  @Option(help: "Only keys of this provider; may be said again.")
  var provider: [String] = []

  @Option(help: "Only keys of providers that can do this; may be said again.")
  var capability: [String] = []

  func narrow(_ selection: Selection, in repository: Repository) throws -> Selection {
    guard !provider.isEmpty || !capability.isEmpty else { return selection }
    var ids = provider.isEmpty ? Set(selection.all.map(\.provider)) : Set(provider)
    ids.formUnion(provider.isEmpty ? repository.catalogue.ids : [])
    if !capability.isEmpty {
      ids = ids.filter { id in
        let provider = try? repository.catalogue.provider(id)
        return provider?.capabilities.contains(where: capability.contains) == true
      }
    }
    let narrowed = selection.narrowed(to: ids)
    guard narrowed.entries.isEmpty else { return narrowed }
    let known = repository.catalogue.ids
    let mistyped = provider.first { !known.contains($0) }
    let close = mistyped.flatMap { Suggestion.closest(to: $0, among: known) }
    let what = (provider + capability).joined(separator: ", ").printable(limit: 120)
    throw Failure(
      .nothingToDo, "there is no key for '\(what)'",
      hints: [close.map { "did you mean '\($0)'?" } ?? "'keyvault ls' shows every key"])
  }
}

/// `--fail-on`, of every report that can gate a job.
struct FailOnOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Exit status 1 for these verdicts: unusable, unclear, missing, locked, none, or verdicts such as no_credit, separated by commas.",
      valueName: "verdicts"))
  var failOn: String?

  var value: FailOn? {
    get throws(Failure) {
      guard let failOn else { return nil }
      return try FailOn(parsing: failOn)
    }
  }
}
