import ArgumentParser
import GPG
import HTTP
import KeyVault

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check what keyvault needs on this machine, and say how to mend it.",
    discussion: "Example: keyvault doctor --format json")

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  @OptionGroup var options: CommonOptions

  func run() async throws {
    let session = try Session(options)
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
    guard let version = git.line(["version"]) else {
      report.add("git", .warning, "not installed", fix: "apt install git")
      return
    }
    report.add("git", .ok, git.isPresent ? version : "\(version); this folder is no work tree")
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
      _ = try session.history(of: repository)
      report.add("local state", .ok, session.surroundings.stateHome)
    } catch let failure as Failure where failure.kind == .notFound {
      report.add("repository", .warning, failure.message, fix: failure.hints.first)
    } catch let failure as Failure {
      report.add("repository", .failed, failure.message, fix: failure.hints.first)
    } catch {
      report.add("repository", .failed, "\(error)")
    }
  }
}
