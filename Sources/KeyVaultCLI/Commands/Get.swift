import ArgumentParser
import KeyVault

struct Get: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Print a key.",
    discussion: "Example: curl -H \"Authorization: Bearer $(keyvault get production/openai)\" …")

  @Argument(help: "The entry, such as production/openai.", completion: .entries)
  var entry: String

  @Option(
    help: ArgumentHelp(
      "Print an additional field of the credential instead of the key.", valueName: "name"))
  var field: String?

  @Flag(help: "Print the key even if it would go to the log of a CI job.")
  var reveal = false

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    try session.refuseLog(revealed: reveal, what: "the key")
    let gpg = try session.gpg()
    let repository = try session.repositoryToOpen()
    let entry = try repository.vault.entry(EntryName(entry))
    let opened = try repository.vault.open(entry, requiring: .here, with: gpg)
    session.warnOfSignature(entry, opened: opened, in: repository)
    session.warn([(entry.name.path, opened.doubts)])
    let payload = opened.payload
    if let field {
      let found: Void? = try payload.withField(field) { (value: RawSpan) throws -> Void in
        try Self.show(value, of: entry.name, isCI: session.surroundings.isCI)
      }
      guard found != nil else {
        let names = payload.fieldNames.map { $0.printable(limit: 80) }
        throw Failure(
          .notFound, "'\(entry.name)' has no field '\(field.printable(limit: 80))'",
          hints: names.isEmpty ? [] : ["it has \(names.joined(separator: ", "))"])
      }
    } else {
      guard !payload.isBlank else {
        throw Failure(
          .malformed, "the first line of '\(entry.name)' is empty: expected the key there",
          hints: [
            "store the key: \(Shell("keyvault add \(entry.name) --replace"))",
            "or see what is there instead: \(Shell("gpg --decrypt \(path: entry.name.ciphertextPath)"))",
          ])
      }
      try payload.withKey { (value: RawSpan) throws -> Void in
        try Self.show(value, of: entry.name, isCI: session.surroundings.isCI)
      }
    }
  }

  /// Throws where a CI job would take the line for a command.
  private static func show(_ value: RawSpan, of entry: EntryName, isCI: Bool) throws {
    if isCI, JobCommand.isIn(value) {
      throw Failure(
        .malformed, "what is stored in '\(entry)' is not shown in a CI job",
        hints: ["a line that begins with '::', '##[', '##word[', or an escape is a command there"])
    }
    try Console.output(line: value)
  }
}
