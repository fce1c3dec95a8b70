import ArgumentParser
import KeyVault

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
    try selection.narrowed(
      toProviders: provider.splitAtCommas, capabilities: capability.splitAtCommas, in: repository)
  }
}
