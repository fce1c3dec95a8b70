import ArgumentParser
import KeyVault

/// Options of the commands that take new keys.
struct KeyCheckOptions: ParsableArguments {
  @Flag(help: "Do not verify with the provider.")
  var noTest = false

  @Flag(help: "Store a key although a check objects.")
  var force = false

  func checks(in session: Session) -> KeyChecks {
    var checks = KeyChecks()
    checks.asksProvider = !noTest
    checks.isForced = force
    checks.onWait = WaitNotes.notes(
      isQuiet: session.options.quiet, advice: "--no-test stores the key without asking")
    return checks
  }
}

/// `--replace` of the commands that store keys under a name.
struct ReplaceOption: ParsableArguments {
  @Flag(help: "Overwrite an existing entry; it keeps its sidecar.")
  var replace = false

  /// Until 1.0, `--force` replaces too.
  func replaces(_ checks: KeyCheckOptions) -> Bool { replace || checks.force }

  /// Notes how to say from now on what `--force` was taken for.
  func tell(_ checks: KeyCheckOptions, replaced: Bool, in session: Session) {
    guard replaced, !replace, checks.force else { return }
    session.note("keyvault: note: --force will not overwrite an entry from 1.0 on: use --replace")
  }
}
