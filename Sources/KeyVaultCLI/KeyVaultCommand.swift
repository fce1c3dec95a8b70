import ArgumentParser

/// The root of the command line. Each subcommand has a file of its own in `Commands/`.
struct KeyVaultCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keyvault",
    abstract: "Keep your team's AI provider keys in git: encrypted, documented and verified.",
    discussion: """
      A repository holds provider files (providers.d/), keys encrypted with GPG (vault/, a valid \
      password-store) and keyvault.yaml. 'keyvault -C DIR …' works in another folder.

      Exit status: 0 success, 1 findings, 2 nothing to do, 3 inconclusive, 64 usage error, 65 malformed \
      input, 66 no such file or repository, 69 a required program is missing, 73 cannot write, \
      74 input/output error, 77 no secret key can open the entry, 130 interrupted.
      """,
    version: "keyvault \(keyvaultVersion)",
    // The former spellings among them are hidden. They are not a group of their own: without a visible command,
    // the parser leaves out its hint at 'help'.
    groupedSubcommands: [
      CommandGroup(
        name: "Setup",
        subcommands: [Init.self, Doctor.self, GitCommand.self, CompletionCommand.self]),
      CommandGroup(
        name: "Keys",
        subcommands: [
          Add.self, Get.self, Show.self, List.self, SetField.self, Rotate.self, Move.self,
          Copy.self, Remove.self, Import.self, Adopt.self,
        ]),
      CommandGroup(
        name: "Check",
        subcommands: [Validate.self, Test.self, Status.self, Log.self, FormerHistory.self]),
      CommandGroup(name: "Use", subcommands: [Render.self, Exec.self, PickCommand.self]),
      CommandGroup(name: "People", subcommands: [Recipients.self, Sign.self, Reencrypt.self]),
      CommandGroup(name: "Repair", subcommands: [Resolve.self, Accept.self, FormerTrust.self]),
      CommandGroup(name: "Reference", subcommands: [Providers.self, SchemaCommand.self]),
    ])
}

/// Of the command, the library and the User-Agent alike.
let keyvaultVersion = "0.1.0"
