import ArgumentParser
import KeyVault

/// Options that leave entries out by their provider.
struct NarrowingOptions: ParsableArguments {
  @Option(help: "Only keys of this provider (repeatable).")
  var provider: [String] = []

  @Option(help: "Only keys of providers with this capability (repeatable).")
  var capability: [String] = []

  /// Whether nothing is left out.
  var isEmpty: Bool { provider.isEmpty && capability.isEmpty }

  /// The selection without what was not asked for; it may be empty.
  func narrow(_ selection: Selection, in repository: Repository) throws(Failure) -> Selection {
    try selection.narrowed(toProviders: provider, capabilities: capability, in: repository)
  }
}
