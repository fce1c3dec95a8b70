import ArgumentParser
import KeyVault

/// `--fail-on`, of every report that can gate a job.
struct FailOnOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Exit status 1 for these: unusable, unclear (these and unusable), locked, none, or verdicts such as no_credit, separated by commas. A required key that is missing always fails, but for none.",
      valueName: "verdicts"))
  var failOn: String?

  var value: FailOn? {
    get throws(Failure) {
      guard let failOn else { return nil }
      return try FailOn(parsing: failOn)
    }
  }
}
