import ArgumentParser
import GPG
import Glibc
import HTTP
import KeyVault
import Naming
import Secrets

/// Options of every command that works in a repository.
struct CommonOptions: ParsableArguments {
  @Option(
    name: .customShort("C"),
    help: ArgumentHelp("Work in this folder.", valueName: "dir"),
    completion: .directory)
  var folder: String?

  @Flag(name: .shortAndLong, help: "Print only results, warnings and errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Print more about what happens.")
  var verbose = false
}

/// What a command works with: made when it starts, from its options and the process's surroundings.
final class Session {
  let surroundings: Surroundings
  let options: CommonOptions
  private let userGPG: UserGPG
  let host: Host
  /// Opened once, and ended by ``end()``.
  private var opened: Workspace?
  var hasToldDanger = false
  /// What the user's configuration says of a root, once that was checked.
  var trust: (root: String, said: UserConfiguration.Trust)?
  /// The user's own, once it was read.
  var configuration: UserConfiguration?

  init(_ options: CommonOptions) throws {
    if let folder = options.folder, chdir(folder) != 0 {
      throw Failure(.notFound, "no such folder '\(folder)'")
    }
    self.options = options
    surroundings = try Surroundings()
    userGPG = UserGPG(
      searchPath: surroundings.searchPath, runtimeDirectory: surroundings.runtimeDirectory)
    host = Host(surroundings, userGPG)
    sweep()
  }

  /// Writes down what was learned, and says what was not kept.
  func end() {
    guard let workspace = opened, let memory = workspace.repository.memory else { return }
    do throws(Failure) {
      try workspace.end()
    } catch {
      tellUnkept("what was opened is not remembered", error, in: memory.root)
    }
    if let problem = memory.problem, problem.isToldOnce { tellObstacle(problem) }
    // Without it, a key that was rolled back is not recognized.
    if let unreadable = memory.unreadable { tellObstacle(unreadable) }
    tellForeignLines(of: memory)
  }

  /// The repository that the working folder belongs to, with what this machine remembers of it; nothing
  /// in CI, where there is no next run.
  func repository() throws(Failure) -> Repository {
    try repository(at: root(), nil)
  }

  /// The workspace of a command that opens entries: what must wait for other programs has begun then.
  func repositoryToOpen() throws -> Repository { try workspaceToOpen().repository }

  /// The repository that the working folder belongs to, for actions that open entries: what must wait for other programs
  /// has begun then.
  func workspaceToOpen() throws -> Workspace {
    _ = try gpg()
    let root = try root()
    let opening =
      surroundings.isCI ? nil : LocalStateOpening(in: root, stateHome: surroundings.stateHome)
    opening?.begin()
    return try workspace(at: root, opening)
  }

  private func repository(
    at root: String, _ opening: LocalStateOpening?
  ) throws(Failure) -> Repository {
    try workspace(at: root, opening).repository
  }

  /// The repository that the working folder belongs to.
  func workspace() throws(Failure) -> Workspace { try workspace(at: root(), nil) }

  var frontEnd: TerminalFrontEnd {
    TerminalFrontEnd(isQuiet: options.quiet, isVerbose: options.verbose)
  }

  private func workspace(
    at root: String, _ opening: LocalStateOpening?
  ) throws(Failure) -> Workspace {
    if let opened, opened.repository.root == root { return opened }
    tellDanger(of: root)
    let made = try host.workspace(
      at: root, with: permissions(in: root), for: frontEnd,
      opening: opening)
    opened = made
    return made
  }

  /// What the user says outside of the repository at `root`.
  private func permissions(in root: String) throws(Failure) -> Host.Permissions {
    let origins = Result { () throws(Failure) in try policy() }
    return Host.Permissions(trust: try trust(in: root), names: try names(in: root)) {
      () throws(Failure) in try origins.get()
    }
  }

  /// The repository that the working folder belongs to, for actions that change it.
  func workspaceToChange() throws(Failure) -> Workspace {
    _ = try repositoryToChange()
    return try workspace(at: root(), nil)
  }

  /// The repository for a command that changes it: what an earlier one was interrupted in is ended first, so
  /// that nothing is read that is half the old and half the new.
  func repositoryToChange() throws(Failure) -> Repository {
    let repository = try repository()
    if try repository.vault.endInterrupted() {
      note("an earlier change was interrupted, and is ended now: look at 'git diff'")
    }
    return repository
  }

  /// The catalogue: with the repository's own providers, where there is one.
  func catalogue() throws -> Catalogue {
    do throws(Failure) {
      return Catalogue(root: try root())
    } catch  where error.kind == .notFound {
      return Catalogue(root: nil)
    }
  }

  /// The provider of that id, which must be known.
  func provider(_ id: String) throws -> Provider {
    let catalogue = try catalogue()
    if let provider = try catalogue.provider(id) { return provider }
    let close = Suggestion.closest(to: id, among: catalogue.ids)
    throw Failure(
      .notFound, "unknown provider '\(id.printable(limit: 80))'",
      hints: [close.map { "did you mean '\($0)'?" } ?? "'keyvault providers' shows all"])
  }

  /// The findings with files named from the top of the git work tree, as services of CI want them.
  func fromWorkTree(_ findings: [Finding], root: String) -> [Finding] {
    guard let prefix = Git(in: root).prefix, !prefix.isEmpty else { return findings }
    return findings.map { finding in
      var finding = finding
      finding.file = prefix + finding.file
      return finding
    }
  }

  /// Works without gpg too, and says what it did not check.
  func validator(
    root: String, base: String? = nil, readsHistory: Bool = false
  ) throws(Failure) -> Validator {
    let program =
      (try? Repository(at: root)).flatMap { try? gpgProgram(of: $0) } ?? (try? gpgProgram())
    return Validator(
      root: root, now: surroundings.now, program: program, readsHistory: readsHistory,
      trust: try trust(in: root), base: base,
      names: try names(in: root))
  }

  /// gpg in homes of its own, which remembers what it said about public keys of the repository.
  func gpgProgram(of repository: Repository) throws(Failure) -> GPGProgram {
    try host.program(repository)
  }

  func gpgProgram() throws(Failure) -> GPGProgram {
    GPGProgram(path: try userGPG.path(), runtimeDirectory: surroundings.runtimeDirectory)
  }

  /// gpg with the user's home, or with the key of `KEYVAULT_GPG_KEY` in a home that is gone at exit.
  func gpg() throws(Failure) -> GPG { try userGPG.gpg() }

  /// Whether environments that were opened may be kept for the next command; not where there is no next run.
  var keepsCache: Bool {
    get throws(Failure) { surroundings.isCI ? false : try !userGPG.isThrowaway }
  }

  /// Says on standard error what an entry's signature is not worth, to commands that only show it.
  func warnOfSignature(
    _ entry: Vault.Entry, opened: OpenedEntry? = nil, in repository: Repository
  ) {
    do throws(Failure) {
      guard let objection = try repository.vault.signatureObjection(to: entry, opened: opened)
      else { return }
      Console.warning(objection.message, hint: objection.hints.first)
    } catch {
      Console.warning(error.message, hint: error.hints.first)
    }
  }

  func client() throws(Failure) -> HTTPClient { try host.client() }

  func history(of repository: Repository) throws(Failure) -> History {
    let state = try localState(of: repository)
    if let problem = state.problem { detail("keyvault: no history is kept: \(problem.message)") }
    return History(state)
  }

  /// The answers count although the history cannot be written.
  func record(_ results: [TestResult], in history: History) {
    do throws(Failure) {
      try history.append(results)
    } catch {
      tellUnkept("the history was not written", error, in: history.root)
    }
  }

  /// Reports why providers' answers are not remembered; nothing where they are.
  func tell(unrecorded: Failure?, in workspace: Workspace) {
    guard let unrecorded else { return }
    tellUnkept("the history was not written", unrecorded, in: workspace.repository.root)
  }

  /// The last verdicts of this machine.
  func lastVerdicts(of repository: Repository) throws(Failure) -> LastVerdicts {
    try past(of: repository).latest
  }

  /// What this machine remembers.
  func past(of repository: Repository) throws(Failure) -> History.Past {
    let history = try history(of: repository)
    let past = history.past(now: surroundings.now)
    tellForeignLines(of: history, past)
    return past
  }

  /// The person's address by git's configuration; nil outside of a work tree.
  var gitAddress: String? {
    let git = Git(in: surroundings.workingFolder)
    return git.isPresent ? git.line(["config", "user.email"]) : nil
  }

  /// Warns of an entry that is not opened and whose sidecar is older than what is remembered.
  func warnIfPutBack(_ entry: Vault.Entry, in repository: Repository) throws {
    guard let serial = entry.sidecar?.serial,
      let known = try repository.memory?.record(of: entry.name), serial < known.serial
    else { return }
    Console.warning(
      "'\(entry.name)' is older than what was opened here before, whose serial was \(known.serial)")
  }

  /// A secret that goes to a log is a leak: under CI it must be asked for.
  func refuseLog(revealed: Bool, what: String) throws {
    guard surroundings.isCI, !revealed, !Console.isOutputFile else { return }
    throw Failure(
      .usage, "\(what) would go to the log of a CI job",
      hints: ["write it to a file with '> FILE'", "or say --reveal if the log may have it"])
  }
}

/// How a report is printed.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}
