internal import Naming

/// Names under which a person lets keys be rendered besides those that keyvault knows: said outside of
/// the repository, whose text could else set a variable that steers a program.
public struct NamePolicy: Sendable {
  private let allowed: Set<Name>

  /// Nothing more than what is known.
  public init() {
    allowed = []
  }

  /// Reads `KEYVAULT_ALLOW_NAMES`, names separated by spaces or commas, and adds `configured`, those of
  /// the user's configuration. Throws a usage failure for what is never rendered.
  public init(parsing text: String, and configured: [String] = []) throws(Failure) {
    let words = text.split { $0 == "," || $0 == " " || $0 == "\t" || $0 == "\n" }
      .map(String.init)
    for (names, source) in [(words, "KEYVAULT_ALLOW_NAMES"), (configured, "allow_names")] {
      for name in names {
        guard let objection = VariableName.objection(to: name) else { continue }
        throw Failure(.usage, "invalid \(source): '\(name.printable(limit: 80))': \(objection)")
      }
    }
    allowed = Set(names: words + configured)
  }

  /// Whether a key may have this name; its form and what it steers are judged elsewhere.
  func allows(_ name: String) -> Bool { VariableName.isListed(name) || permits(name) }

  /// Whether a person permitted this name, listed or not.
  func permits(_ name: String) -> Bool { allowed.contains(name) }

  /// What to do so that a name is rendered.
  static func hints(for name: String, in entry: EntryName? = nil) -> [String] {
    let other =
      entry.map { Shell("keyvault set \($0) env=\(name)_KEY").description } ?? "such as \(name)_KEY"
    return [
      "give it a name that ends as those of keys do: \(other)",
      "allow it: \(Shell("export KEYVAULT_ALLOW_NAMES=\(name)")), or 'allow_names: [\(name)]' in "
        + "~/.config/keyvault/config.yaml",
    ]
  }

  /// Why a name needs a permission.
  static func objection(to name: String) -> String {
    "'\(name)' is not a known name for a key"
  }
}
