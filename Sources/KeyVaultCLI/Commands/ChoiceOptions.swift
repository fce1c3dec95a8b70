import ArgumentParser
import KeyVault

/// Options that choose variables of an environment.
struct ChoiceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Include only this provider, entry or variable (comma-separated, repeatable).",
      valueName: "name"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp(
      "Leave out this provider, entry or variable (comma-separated, repeatable).", valueName: "name"
    ))
  var except: [String] = []

  @Option(
    help: "Include only keys of providers with this capability (comma-separated, repeatable).")
  var capability: [String] = []

  @Option(help: ArgumentHelp("Prepend this to each variable's name.", valueName: "text"))
  var prefix = ""

  func choice() throws(Failure) -> VariableChoice {
    try VariableChoice(
      only: only.splitAtCommas, except: except.splitAtCommas,
      capabilities: capability.splitAtCommas, prefix: prefix)
  }
}

extension [String] {
  /// The values of an option that is repeated, or takes several values with commas between them: `a,b`. No provider,
  /// entry, variable or capability has a comma in its name. A text without a name, such as `,`, stays, so that it is
  /// refused as an unknown name.
  var splitAtCommas: [String] {
    flatMap { text in
      let names = text.split(separator: ",").map(String.init)
      return names.isEmpty ? [text] : names
    }
  }
}

extension Session {
  /// The environments that a command names, each once, else the one of `KEYVAULT_ENV`.
  func environments(
    _ names: [String], in repository: Repository, _ need: String, example: String
  ) throws -> [String] {
    let names = names.isEmpty ? [surroundings.environment].compactMap(\.self) : names
    guard !names.isEmpty else {
      throw Failure(.usage, "specify the environment \(need)", hints: ["keyvault \(example)"])
    }
    return try Selection.environments(named: names, in: repository)
  }
}
