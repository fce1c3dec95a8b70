internal import GPG

/// Checks what keyvault needs on this machine, and in the repository around a folder. Changes nothing.
public struct CheckSetup: Sendable {
  /// Absolute.
  public let folder: String
  /// Where programs are looked for, as in PATH.
  public let searchPath: String

  public init(of folder: String, searchPath: String) {
    self.folder = folder
    self.searchPath = searchPath
  }

  public enum Status: String, Sendable, Codable {
    case ok, warning, failed
  }

  /// One thing that was checked.
  public struct Check: Sendable, Codable {
    public var name: String
    public var outcome: Status
    public var message: String
    /// What repairs it; nil where nothing need be repaired, or nothing is known.
    public var fix: String?

    init(_ name: String, _ outcome: Status, _ message: String, fix: String? = nil) {
      self.name = name
      self.outcome = outcome
      self.message = message
      self.fix = fix
    }

    init(_ name: String, _ outcome: Status, _ failure: Failure) {
      self.init(name, outcome, failure.message, fix: failure.hints.first)
    }
  }

  /// `opening` opens the repository; it throws where there is none. Blocks.
  public func run(
    on host: Host, opening: () throws(Failure) -> Workspace
  ) -> [Check] {
    gpg(of: host) + [http(of: host)] + git() + repository(opening)
  }

  /// Programs in the search path that are not started.
  private func refused(_ refusals: [String], _ name: String) -> [Check] {
    refusals.map { Check(name, .warning, $0, fix: "remove that folder from PATH") }
  }

  private func gpg(of host: Host) -> [Check] {
    var checks = refused(GPG.refusals(searchPath: searchPath), "gpg")
    let gpg: GPG
    do throws(Failure) {
      checks.append(Check("gpg", .ok, try host.program(nil).path))
      gpg = try host.gpg()
    } catch {
      return checks + [Check("gpg", .failed, error)]
    }
    do throws(GPGError) {
      let keys = try gpg.secretKeys()
      let names = keys.map { ($0.userIDs.first ?? $0.fingerprint).printable(limit: 60) }
      checks.append(
        keys.isEmpty
          ? Check(
            "secret keys", .failed, "none: nothing can be opened here",
            fix: "gpg --quick-generate-key 'Your Name <you@example.com>', or set KEYVAULT_GPG_KEY")
          : Check("secret keys", .ok, names.joined(separator: ", ")))
    } catch {
      checks.append(Check("secret keys", .failed, error.message, fix: error.hint))
    }
    return checks
  }

  private func http(of host: Host) -> Check {
    do throws(Failure) {
      _ = try host.client()
      return Check("libcurl", .ok, "loaded")
    } catch {
      return Check("libcurl", .failed, error)
    }
  }

  private func git() -> [Check] {
    let git = Git(in: folder)
    let checks = refused(Git.refusals, "git")
    if let failure = git.absence { return checks + [Check("git", .warning, failure)] }
    let version = git.line(["version"]) ?? "git"
    guard git.isPresent else {
      return checks + [Check("git", .ok, "\(version); this folder is not in a work tree")]
    }
    if let failure = git.objection { return checks + [Check("git", .warning, failure)] }
    return checks + [Check("git", .ok, version)]
  }

  private func repository(_ opening: () throws(Failure) -> Workspace) -> [Check] {
    var checks: [Check] = []
    do throws(Failure) {
      let workspace = try opening()
      let root = workspace.repository.root
      checks.append(Check("repository", .ok, root))
      checks.append(try findings(in: workspace))
      // A rule of git's that keeps files of the vault out of every commit.
      checks += try IgnoredFiles(in: root).all().map {
        Check("ignored", .failed, $0.message, fix: $0.hint)
      }
      checks += try installation(in: root)
      checks.append(try state(of: workspace))
    } catch {
      checks.append(Check("repository", error.kind == .notFound ? .warning : .failed, error))
    }
    return checks
  }

  private func findings(in workspace: Workspace) throws(Failure) -> Check {
    let repository = workspace.repository
    let outcome = try Validator(
      root: repository.root, now: workspace.now, program: try? workspace.program(),
      readsHistory: false, trust: repository.signing?.trust ?? .none, base: nil,
      names: repository.names
    ).outcome()
    let hasErrors = outcome.count(.error) > 0
    return Check(
      "validate", hasErrors ? .failed : .ok, outcome.counts,
      fix: hasErrors ? "run 'keyvault validate'" : nil)
  }

  /// Of what `git install` wrote, if it did.
  private func installation(in root: String) throws(Failure) -> [Check] {
    guard Git(in: root).isPresent, let installation = try? GitInstallation(of: root) else {
      return []
    }
    let faults = try installation.faults()
    let checks = faults.map { fault in
      Check(
        "git install", fault.isFailure ? .failed : .warning, fault.message,
        fix: Shell("keyvault git install").description)
    }
    guard faults.isEmpty, let summary = try installation.summary() else { return checks }
    return [Check("git install", .ok, summary)]
  }

  private func state(of workspace: Workspace) throws(Failure) -> Check {
    let home = workspace.host.stateHome
    let state = try LocalState(of: workspace.repository, stateHome: home)
    if let problem = state.problem {
      return Check(
        "local state", problem.isDanger ? .failed : .warning,
        "\(problem.message): nothing is remembered", fix: problem.failure.hints.first)
    }
    let count = state.foreignLines
    guard count == 0 else {
      return Check(
        "local state", .warning,
        "\(count) \(count == 1 ? "line was" : "lines were") not written by this machine",
        fix: "keyvault doctor --mend")
    }
    return Check("local state", .ok, home ?? "")
  }
}
