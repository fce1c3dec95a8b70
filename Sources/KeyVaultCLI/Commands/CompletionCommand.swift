import ArgumentParser

struct CompletionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Print the completion script for your shell.",
    discussion: """
      The script completes commands, options and entry names. Add one of these lines to the file that your \
      shell reads at its start:

      bash: eval "$(keyvault completion bash)", in ~/.bashrc
      zsh: eval "$(keyvault completion zsh)", in ~/.zshrc, after compinit
      fish: keyvault completion fish | source, in ~/.config/fish/config.fish

      Example: keyvault completion bash > ~/.local/share/bash-completion/completions/keyvault
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish

    var completed: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  @Argument(help: "The shell.")
  var shell: Shell

  func run() async throws {
    try Console.output(KeyVaultCommand.completionScript(for: shell.completed) + "\n")
  }
}
