import ArgumentParser
import KeyVault

struct Log: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Show who added, rotated, moved or described an entry, by git's history.",
    discussion: """
      A line a commit of what is checked out, latest first; an entry that was moved or copied is \
      followed to where it came from. Nothing is decrypted. Names and times are what the commits say, \
      which anybody can write.

      Example: keyvault log production/openai
      """)

  @Argument(help: "Such as production/openai; it may be gone.", completion: .entries)
  var entry: String

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repository()
    let log = try EntryLog(
      of: EntryName(entry), in: repository, program: try? session.gpgProgram())
    switch format {
    case .text: try Console.output(log.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(log))
    }
  }
}
