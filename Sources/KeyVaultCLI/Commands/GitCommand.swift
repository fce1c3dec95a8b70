import ArgumentParser
import KeyVault
import Machine

struct GitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "git",
    abstract: "Make git show and check what is encrypted.",
    subcommands: [GitInstall.self, GitPreCommit.self, GitTextconv.self])
}

struct GitInstall: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Set up this clone: a diff driver, .gitattributes and hooks.",
    discussion: """
      Afterwards 'git diff' and 'git log -p' show of a ciphertext who can read it, and open none; and \
      a commit or a merge is refused where plaintext or half of an entry is staged. \
      'git cherry-pick', 'git revert', 'git rebase' and 'git am' make commits without these hooks: \
      'keyvault validate --base' checks them. A hook of your own stays: add the line to it that is hinted \
      at. 'git commit --no-verify' passes the hooks.

      Example: keyvault git install
      """)

  @Flag(help: "Install the diff driver alone.")
  var noHook = false

  @Flag(help: "Take back what was written.")
  var uninstall = false

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let root = try session.root()
    let installation = try GitInstallation(of: root)
    let done =
      try uninstall
      ? installation.uninstall()
      : installation.install(OwnProgram.path(), withHook: !noHook)
    for line in done { session.note(line) }
    if !uninstall, let file = installation.shadowed() {
      Console.warning(
        "other attributes count for '\(file)', so git may show its plaintext, change its bytes, or "
          + "merge it as text",
        hint: "'git check-attr --all' tells them; remove them from vault/.gitattributes or "
          + ".git/info/attributes")
    }
    if done.isEmpty { session.note("nothing to do: nothing was changed") }
  }
}

struct GitPreCommit: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "pre-commit",
    abstract: "Check what is staged; the hooks run this.",
    discussion: """
      Refuses keys in the clear in any staged file, in its name or in the target of a link: by their \
      prefix or behind the name of their variable, in UTF-8, UTF-16, UTF-32, base64 or hexadecimal, \
      and behind escapes. This is done in every repository. Files of more than 64 MiB and compressed \
      ones are named and not searched.

      Where the repository is keyvault's, it also refuses a file in vault/ that is not a ciphertext, an \
      entry of which one file is staged alone, and all that 'keyvault validate' calls an error in the \
      files that change, and warns of files of the vault that git ignores. What spans entries that do \
      not change is left to 'validate'.

      Example: keyvault git pre-commit
      """)

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    // git runs hooks at the top, wherever the person is.
    let top = session.surroundings.workingFolder
    if let folder = Surroundings.variable("GIT_PREFIX"),
      let standing = try? Surroundings.realFolder(top + "/" + folder)
    {
      Standpoint(of: standing, root: top).take()
    }
    let checks = try StagedChecks(
      around: session.surroundings.workingFolder, now: session.surroundings.now,
      program: try? session.gpgProgram(),
      names: try session.names(in: session.surroundings.workingFolder)
    ) { () throws(ScratchError) in
      let scratch = try ScratchFolder(
        .files, in: session.surroundings.scratchPlaces(allowsDisk: true))
      Signals.atExit { scratch.remove() }
      return scratch
    }
    let report = FindingReport(try checks.findings())
    guard !report.findings.isEmpty else { return }
    // A hook's standard output may be anything's.
    Console.note(lines: report.text(Style()))
    guard report.errors == 0 else {
      throw Failure(
        .findings, "nothing was committed", hints: ["'git commit --no-verify' passes this check"])
    }
  }
}

struct GitTextconv: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "textconv",
    abstract: "Tell of a ciphertext what may be told without opening it; git runs this.",
    discussion: "Example: keyvault git textconv vault/production/openai.gpg",
    shouldDisplay: false)

  @Argument(help: "A file; git names a copy of an old one.", completion: .file())
  var file: String

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let summary = CiphertextSummary(
      of: file, in: session.surroundings.workingFolder, program: try? session.gpgProgram())
    try Console.output(summary.text)
  }
}
