import KeyVault
import Secrets

/// Where a person hands over a new key: a variable, a hidden prompt or standard input.
struct KeySource: Sendable {
  let entry: EntryName
  /// The variable's name, and the variable itself, taken out of the environment already; nil for the other ways.
  let variable: (name: String, value: SecretVariable)?

  func key(of provider: Provider) throws(Failure) -> Secret {
    if let variable {
      if let value = try variable.value.secret() { return value }
      let isShown = VisibleName.holds(variable.name)
      throw Failure(
        .usage, "the variable \(isShown ? variable.name : "of --from-env") is empty or unset",
        hints: isShown ? [] : ["--from-env takes the name of a variable, not its value"])
    }
    if Console.isInputTerminal {
      if let page = provider.links.keys { Console.note("create a key at \(page)") }
      return try SecretInput.prompt("key for \(entry) (hidden): ")
    }
    return try SecretInput.standardInput()
  }
}
