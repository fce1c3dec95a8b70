import ArgumentParser
import KeyVault

struct RecipientExposure: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "exposure",
    abstract: "List every key that a person could read, from git history.",
    discussion: """
      Assume that a person still has every key they could read: rotate these keys after they have left. \
      The command reads all local branches and tags. Exit status 3 if git history is incomplete here or too \
      large to read.

      Example: keyvault recipients exposure 0123456789ABCDEF0123456789ABCDEF01234567
      """)

  @Argument(help: "The full fingerprint of the person's GPG key.")
  var fingerprint: String

  @Option(help: "Output format.")
  var format: ReportFormat = .text

  @Flag(help: "Exit 1 if a key must be rotated, 3 if an earlier key is not proven dead.")
  var check = false

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repository()
    let full = try FullFingerprint.parse(fingerprint)
    let exposure = try Debt(of: full, in: repository, program: session.gpgProgram(of: repository))
    switch format {
    case .text: try Console.output(exposure.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(exposure))
    }
    if check, !exposure.keys.isEmpty { throw ExitCode(1) }
    if !exposure.isComplete || check && exposure.hasUnproven { throw ExitCode(3) }
  }
}
