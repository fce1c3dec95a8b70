import ArgumentParser

/// The root of the command line. Each subcommand has a file of its own in `Commands/`.
struct KeyVaultCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keyvault",
    abstract: "Keep a team's AI provider keys in git: encrypted, described, and proved to work.",
    discussion: """
      A repository holds provider metadata (providers.d/), keys encrypted with GPG (vault/, a \
      valid password-store) and keyvault.yaml. 'keyvault -C DIR …' works in another folder.

      Exit status: 0 all well, 1 findings, 2 nothing to do, 3 inconclusive, 64 usage, 65 malformed \
      input, 66 no such file or repository, 69 a needed program is missing, 73 cannot write, \
      74 input/output error, 77 no secret key opens it, 130 interrupted.
      """,
    version: "keyvault \(keyvaultVersion)",
    groupedSubcommands: [
      CommandGroup(
        name: "Keys",
        subcommands: [
          Init.self, Add.self, Import.self, Rotate.self, Adopt.self, Get.self, Show.self, List.self,
          SetField.self, Move.self, Copy.self, Remove.self, Resolve.self, Sign.self, Trust.self,
        ]),
      CommandGroup(name: "People", subcommands: [Recipients.self, Reencrypt.self]),
      CommandGroup(
        name: "Reports",
        subcommands: [
          Validate.self, Test.self, Status.self, HistoryCommand.self, Log.self, Providers.self,
        ]),
      CommandGroup(name: "Deployment", subcommands: [Render.self, Exec.self, PickCommand.self]),
      CommandGroup(
        name: "Aid", subcommands: [GitCommand.self, SchemaCommand.self, Doctor.self]),
    ])
}

/// Of the command, the library and the User-Agent alike.
let keyvaultVersion = "0.1.0"
