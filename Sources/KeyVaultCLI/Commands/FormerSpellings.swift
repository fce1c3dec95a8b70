import ArgumentParser

/// A command under the name that it had before, which stays until 1.0: hidden from help and completions, it names
/// the new spelling and does the same.
protocol FormerSpelling: SessionCommand {
  associatedtype Successor: SessionCommand

  /// The whole command as it was typed before, without arguments.
  static var former: String { get }
  /// What to type instead.
  static var current: String { get }

  var successor: Successor { get set }

  /// Sets what the new spelling says in options.
  mutating func adapt()
}

extension FormerSpelling {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: former.split(separator: " ").last.map(String.init),
      abstract: "The former spelling of '\(current)'.",
      discussion: "Example: \(current) --help", shouldDisplay: false)
  }

  var options: CommonOptions { successor.options }

  mutating func adapt() {}

  mutating func run(in session: Session) async throws {
    session.note("keyvault: note: '\(Self.former)' is now '\(Self.current)'")
    adapt()
    try await successor.run(in: session)
  }
}

struct FormerTrust: FormerSpelling {
  static let former = "keyvault trust"
  static let current = "keyvault accept"

  @OptionGroup var successor: Accept
}

struct FormerHistory: FormerSpelling {
  static let former = "keyvault history"
  static let current = "keyvault log --verdicts"

  @OptionGroup var successor: Log

  mutating func adapt() { successor.verdicts = true }
}

struct FormerRecipientDebt: FormerSpelling {
  static let former = "keyvault recipients debt"
  static let current = "keyvault recipients exposure"

  @OptionGroup var successor: RecipientExposure
}

struct FormerRecipientSign: FormerSpelling {
  static let former = "keyvault recipients sign"
  static let current = "keyvault sign --recipients"

  @OptionGroup var successor: Sign

  mutating func adapt() { successor.recipients = true }
}
