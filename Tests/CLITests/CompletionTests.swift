import TestSupport
import Testing

/// The scripts of `keyvault completion`, in the shells themselves.
@Suite(.fewAtATime, .needsPython) struct CompletionTests {
  private func world() throws -> World {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    return world
  }

  @Test(arguments: [
    ("bash", #""bash", "--norc", "--noprofile", "-i""#, "source <(keyvault completion bash)"),
    (
      "bash by the parser's own option", #""bash", "--norc", "--noprofile", "-i""#,
      "source <(keyvault --generate-completion-script bash)"
    ),
    (
      "zsh", #""zsh", "-f", "-i""#,
      "autoload -Uz compinit; compinit -u -D; source <(keyvault completion zsh)"
    ),
    ("fish", #""fish", "--no-config", "--private""#, "keyvault completion fish | source"),
  ])
  func `a person completes commands and entries in the shell`(
    _ name: String, shell: String, setup: String
  ) throws {
    let world = try world()
    // A line that is completed wrongly runs no command, or another one, and shows something else.
    let result = try Terminal.run(
      #"""
      spawn(\#(shell), columns=200)
      type(r"""\#(setup); echo rea""dy""" + "\n")
      read_until("ready")
      for line, shown in [
          ("keyvault acc\t --help\n", "Accept an entry or recipient list"),
          ("keyvault recipients exp\t --help\n", "List every key that a person could read"),
          ("keyvault show production/op\t\n", "sk-proj-"),
          ("keyvault completion fi\t | head -2\n", "function"),
          ("keyvault status --form\t markdown\n", "| production/openai |"),
      ]:
          type(line)
          read_until(shown)
      print("completed")
      """#, in: world)
    #expect(result.output.hasSuffix("completed\n"), "\(name): \(result)")
  }

  @Test func `another shell is a usage error that names those that there are`() throws {
    let world = try world()
    let result = try world.run("keyvault completion tcsh")
    #expect(result.status == 64, "\(result)")
    for shell in ["bash", "zsh", "fish"] { #expect(result.errors.contains(shell), "\(result)") }
    #expect(try world.run("keyvault completion").status == 64)
  }
}
