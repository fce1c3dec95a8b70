import ArgumentParser
import KeyVault

struct Move: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "mv",
    abstract: "Move an entry, and re-encrypt it for its new folder's recipients.",
    discussion: """
      Git history keeps the old ciphertext, and everyone who could read it could copy the key.

      Example: keyvault mv staging/openai production/
      """)

  @OptionGroup var places: TwoPlaces
  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let (source, outcome) = try places.run(isCopy: false, in: session)
    session.note("moved \(source) to \(outcome.target)")
    try commit.run("keyvault: move \(source) to \(outcome.target)", outcome.changed, in: session)
  }
}

struct Copy: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "cp",
    abstract: "Copy an entry, and encrypt the copy for its folder's recipients.",
    discussion: """
      It is the same key in two places: when one is rotated, rotate the other.

      Example: keyvault cp production/openai staging/
      """)

  @OptionGroup var places: TwoPlaces
  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let (source, outcome) = try places.run(isCopy: true, in: session)
    session.note("copied \(source) to \(outcome.target)")
    try commit.run("keyvault: copy \(source) to \(outcome.target)", outcome.changed, in: session)
  }
}

/// Where an entry is and where it goes.
struct TwoPlaces: ParsableArguments {
  @Argument(help: "Such as staging/openai.", completion: .entries)
  var old: String

  @Argument(help: "Another entry, or a folder that ends in '/'.")
  var new: String

  @Flag(name: .shortAndLong, help: "Replace an entry at the new place.")
  var force = false

  func run(isCopy: Bool, in session: Session) throws -> (source: EntryName, MoveEntry.Outcome) {
    let source = try EntryName(old)
    let action = MoveEntry(source, to: new, isCopy: isCopy, replaces: force)
    return (source, try action.run(in: session.workspaceToChange()))
  }
}
