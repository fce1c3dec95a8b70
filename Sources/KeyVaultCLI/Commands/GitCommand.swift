import ArgumentParser
import KeyVault
import Machine

struct GitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "git",
    abstract: "Set up this clone, so that git shows and checks encrypted files.",
    subcommands: [GitInstall.self, GitPreCommit.self, GitTextconv.self])
}

struct GitInstall: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Install a diff driver, .gitattributes and hooks in this clone.",
    discussion: """
      Afterwards, 'git diff' and 'git log -p' show who can read a ciphertext, without decrypting it. The hooks \
      reject commits and merges that stage plaintext or only half of an entry. .gitattributes leaves merges of \
      entries to 'keyvault resolve'. \
      'git cherry-pick', 'git revert', 'git rebase' and 'git am' run no such hooks: check their commits with \
      'keyvault validate --base'. keyvault does not change a hook of yours, and prints the line to add to it. \
      'git commit --no-verify' skips the hooks.

      Example: keyvault git install
      """)

  @Flag(help: "Install only the diff driver.")
  var noHook = false

  @Flag(help: "Remove what was installed.")
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
        hint: "'git check-attr --all' lists them; remove them from vault/.gitattributes or "
          + ".git/info/attributes")
    }
    if done.isEmpty { session.note("nothing to do: nothing was changed") }
  }
}

struct GitPreCommit: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "pre-commit",
    abstract: "Check the staged files (run by the hooks).",
    discussion: """
      Rejects plaintext keys in any staged file, in its name or in the target of a link. It finds them by their \
      prefix or after the name of their variable, in UTF-8, UTF-16, UTF-32, base64 or hexadecimal, and behind \
      escapes. It does this in every repository. It names files of more than 64 MiB and compressed files, and \
      does not search them.

      In a keyvault repository, it also rejects a file in vault/ that is not encrypted, only half of an entry, \
      and every error of 'keyvault validate' in the files that change. It warns about files of the vault that git \
      ignores. 'validate' checks what spans entries that do not change.

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
    abstract: "Summarise an encrypted file without decrypting it (run by git).",
    discussion: "Example: keyvault git textconv vault/production/openai.gpg",
    shouldDisplay: false)

  @Argument(help: "The encrypted file; git passes a copy of an old version.", completion: .file())
  var file: String

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let summary = CiphertextSummary(
      of: file, in: session.surroundings.workingFolder, program: try? session.gpgProgram())
    try Console.output(summary.text)
  }
}
