import ArgumentParser
import KeyVault

/// `--fail-on`, of every report that can gate a job.
struct FailOnOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Exit 1 only on these: unusable, missing (a required key), unclear (includes unusable), locked, exposed, overdue, verdicts such as no_credit (comma-separated); or none.",
      valueName: "what"))
  var failOn: String?

  /// nil where the option is not given.
  var value: FailOn? {
    get throws(Failure) {
      guard let failOn else { return nil }
      return try FailOn(parsing: failOn)
    }
  }
}
