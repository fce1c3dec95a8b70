import ArgumentParser
import KeyVault

/// Options that choose which variables of an environment are given.
struct ChoiceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Give only this provider, entry or variable; may be said again.", valueName: "name"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp(
      "Leave out this provider, entry or variable; may be said again.", valueName: "name"))
  var except: [String] = []

  @Option(help: "Give only keys of providers that can do this; may be said again.")
  var capability: [String] = []

  @Option(help: ArgumentHelp("Put this before each variable's name.", valueName: "text"))
  var prefix = ""

  func choice() throws(Failure) -> VariableChoice {
    try VariableChoice(only: only, except: except, capabilities: capability, prefix: prefix)
  }
}

extension Session {
  /// The environments that a command was told, each once, else the one of `KEYVAULT_ENV`.
  func environments(
    _ names: [String], in repository: Repository, _ need: String, example: String
  ) throws -> [String] {
    let names = names.isEmpty ? [surroundings.environment].compactMap(\.self) : names
    guard !names.isEmpty else {
      throw Failure(.usage, "say which environment \(need)", hints: ["keyvault \(example)"])
    }
    return try Selection.environments(named: names, in: repository)
  }
}
