import ArgumentParser
import KeyVault

struct RecipientDebt: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "debt",
    abstract: "List the keys that somebody could read, by git's history.",
    discussion: """
      Whoever could read a key must be assumed to have it: after they have gone it must be made anew. \
      All local branches and tags are looked at. Exit status 3 if the history is not whole here, or too \
      large to look through.

      Example: keyvault recipients debt 0123456789ABCDEF0123456789ABCDEF01234567
      """)

  @Argument(help: "The full fingerprint of their key.")
  var fingerprint: String

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  @Flag(
    help:
      "Exit status 1 if a key must be made anew, 3 if an earlier one is not proven dead.")
  var check = false

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repository()
    let full = try FullFingerprint.parse(fingerprint)
    let debt = try Debt(of: full, in: repository, program: session.gpgProgram(of: repository))
    switch format {
    case .text: try Console.output(debt.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(debt))
    }
    if check, !debt.keys.isEmpty { throw ExitCode(1) }
    if !debt.isComplete || check && debt.hasUnproven { throw ExitCode(3) }
  }
}
