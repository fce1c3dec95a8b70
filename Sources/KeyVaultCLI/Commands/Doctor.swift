import ArgumentParser
import GPG
import HTTP
import KeyVault

struct Doctor: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check what keyvault needs on this machine, and how to fix problems.",
    discussion: """
      --mend removes lines of .keyvault/ that this machine did not write, such as those of another \
      machine that uses the same folder. keyvault ignores these lines.

      Example: keyvault doctor --format json
      """)

  @Option(help: "Output format.")
  var format: ReportFormat = .text

  @Flag(help: "Remove lines of the repository's local state that this machine did not write.")
  var mend = false

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    if mend { try dropForeignLines(session) }
    var report = DoctorReport()
    checkGPG(session, &report)
    checkHTTP(session, &report)
    checkGit(session, &report)
    checkRepository(session, &report)
    switch format {
    case .text: try Console.output(report.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(report))
    }
    if report.hasFailure { throw ExitCode(1) }
  }

  private func checkGPG(_ session: Session, _ report: inout DoctorReport) {
    tell(GPG.refusals(searchPath: session.surroundings.searchPath), of: "gpg", &report)
    do {
      let program = try session.gpgPath()
      report.add("gpg", .ok, program)
      let keys = try session.gpg().secretKeys()
      if keys.isEmpty {
        report.add(
          "secret keys", .failed, "none: nothing can be opened here",
          fix: "gpg --quick-generate-key 'Your Name <you@example.com>', or set KEYVAULT_GPG_KEY")
      } else {
        report.add("secret keys", .ok, count(keys))
      }
    } catch let failure as Failure {
      report.add("gpg", .failed, failure.message, fix: failure.hints.first)
    } catch let error as GPGError {
      report.add("secret keys", .failed, error.message, fix: error.hint)
    } catch {
      report.add("gpg", .failed, "\(error)")
    }
  }

  /// What PATH names and is not started.
  private func tell(_ refusals: [String], of name: String, _ report: inout DoctorReport) {
    for refusal in refusals {
      report.add(
        name, .warning, refusal, fix: "remove that folder from PATH")
    }
  }

  private func count(_ keys: [Key]) -> String {
    keys.map { ($0.userIDs.first ?? $0.fingerprint).printable(limit: 60) }.joined(separator: ", ")
  }

  private func checkHTTP(_ session: Session, _ report: inout DoctorReport) {
    do throws(Failure) {
      _ = try session.client()
      report.add("libcurl", .ok, "loaded")
    } catch {
      report.add("libcurl", .failed, error.message, fix: error.hints.first)
    }
  }

  private func checkGit(_ session: Session, _ report: inout DoctorReport) {
    let git = Git(in: session.surroundings.workingFolder)
    tell(Git.refusals, of: "git", &report)
    if let failure = git.absence {
      return report.add("git", .warning, failure.message, fix: failure.hints.first)
    }
    let version = git.line(["version"]) ?? "git"
    guard git.isPresent else {
      return report.add("git", .ok, "\(version); this folder is not in a work tree")
    }
    if let failure = git.objection {
      return report.add("git", .warning, failure.message, fix: failure.hints.first)
    }
    report.add("git", .ok, version)
  }

  /// What `git install` wrote, if it did.
  private func checkInstallation(_ root: String, _ report: inout DoctorReport) throws {
    guard Git(in: root).isPresent, let installation = try? GitInstallation(of: root) else { return }
    let faults = try installation.faults()
    for fault in faults {
      report.add(
        "git install", fault.isFailure ? .failed : .warning, fault.message,
        fix: Shell("keyvault git install").description)
    }
    if faults.isEmpty, let summary = try installation.summary() {
      report.add("git install", .ok, summary)
    }
  }

  private func dropForeignLines(_ session: Session) throws {
    let count = try session.localState(of: session.repository()).dropForeignLines()
    session.note(
      count == 0 ? "nothing to mend" : "removed \(count) \(count == 1 ? "line" : "lines")")
  }

  private func checkState(
    _ state: LocalState, _ session: Session, _ report: inout DoctorReport
  ) {
    if let problem = state.problem {
      return report.add(
        "local state", problem.isDanger ? .failed : .warning,
        "\(problem.message): nothing is remembered", fix: problem.failure.hints.first)
    }
    let count = state.foreignLines
    guard count == 0 else {
      return report.add(
        "local state", .warning,
        "\(count) \(count == 1 ? "line was" : "lines were") not written by this machine",
        fix: "keyvault doctor --mend")
    }
    report.add("local state", .ok, session.surroundings.stateHome ?? "")
  }

  /// A rule of git's that keeps files of the vault out of every commit; nothing where there is none.
  private func checkIgnored(_ root: String, _ report: inout DoctorReport) throws {
    for group in try IgnoredFiles(in: root).all() {
      report.add("ignored", .failed, group.message, fix: group.hint)
    }
  }

  private func checkRepository(_ session: Session, _ report: inout DoctorReport) {
    do {
      let repository = try session.repository()
      report.add("repository", .ok, repository.root)
      let outcome = try session.validator(root: repository.root).outcome()
      let errors = outcome.count(.error)
      report.add(
        "validate", errors == 0 ? .ok : .failed,
        outcome.counts,
        fix: errors == 0 ? nil : "run 'keyvault validate'")
      try checkIgnored(repository.root, &report)
      try checkInstallation(repository.root, &report)
      checkState(try session.localState(of: repository), session, &report)
    } catch let failure as Failure where failure.kind == .notFound {
      report.add("repository", .warning, failure.message, fix: failure.hints.first)
    } catch let failure as Failure {
      report.add("repository", .failed, failure.message, fix: failure.hints.first)
    } catch {
      report.add("repository", .failed, "\(error)")
    }
  }
}
