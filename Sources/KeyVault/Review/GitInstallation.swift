internal import Naming

/// What makes git know of a keyvault repository in one clone: the diff driver, the attributes that
/// name it, and the hooks before each commit and each merge.
public struct GitInstallation {
  private let workTree: WorkTree
  private let driver: DiffDriver
  private let attributes: GitAttributes
  private let hooks: [CommitHook]

  /// `root` is the keyvault repository's, absolute. Throws if it is not in a git work tree.
  public init(of root: String) throws(Failure) {
    workTree = try WorkTree(around: root)
    driver = DiffDriver(git: workTree.git)
    attributes = GitAttributes(root: root)
    let folder = HooksFolder(of: workTree)
    hooks = CommitHook.Occasion.allCases.map { CommitHook(occasion: $0, hooks: folder) }
  }

  /// Writes what is missing, and says what that was; nothing where all is there. Throws before
  /// anything is written where something stands in the way. `program` is keyvault's absolute path.
  public func install(_ program: String, withHook: Bool) throws(Failure) -> [String] {
    guard !workTree.isWritten(program), !workTree.isWritten(program.folder) else {
      throw Failure(
        .findings,
        "this keyvault is inside the work tree, where a commit could replace what git will run: "
          + "'\(program.printable)'",
        hints: ["install it elsewhere, such as in ~/.local/bin, and run that one"])
    }
    return try RepositoryLock.exclusive(of: attributes.root).whileHeld { () throws(Failure) in
      try installed(program, withHook: withHook)
    }
  }

  private func installed(_ program: String, withHook: Bool) throws(Failure) -> [String] {
    try driver.check()
    if withHook { try check(program) }
    var done: [String] = []
    if try attributes.install() { done.append("wrote \(GitAttributes.fileName): commit it") }
    if try driver.install(program) {
      done.append("'git diff' and 'git log -p' show who can read a key, and never the key")
    }
    guard withHook else { return done }
    for hook in hooks {
      switch try hook.install(program) {
      case .written?: done.append(text(of: hook))
      case .madeExecutable?: done.append("made executable, since git ignored it: \(hook.path)")
      case nil: break
      }
    }
    return done
  }

  /// Throws one failure, with the hints for all hooks, if any of them stands in the way.
  private func check(_ program: String) throws(Failure) {
    var found: Failure?
    for hook in hooks {
      do throws(Failure) {
        try hook.check(program, in: workTree)
      } catch {
        let known = found?.hints ?? []
        let new = error.hints.filter { hint in !known.contains { $0 == hint } }
        // What does without hooks is said last.
        if found == nil { found = error } else { found?.hints.insert(contentsOf: new, at: 1) }
      }
    }
    if let found { throw found }
  }

  private func text(of hook: CommitHook) -> String {
    let what = hook.occasion == .commit ? "each commit" : "each merge"
    return hook.hooks.isEverybodys
      ? "\(what) is checked first, in every repository of yours, not this one alone "
        + "(core.hooksPath is global): \(hook.path)"
      : "\(what) is checked first: \(hook.path)"
  }

  /// What is wrong with what is installed, for a check of this machine.
  public func faults() throws(Failure) -> [InstallationFault] {
    var faults = driver.fault().map { [$0] } ?? []
    var checks: [Bool] = []
    for hook in hooks {
      checks.append(try hook.isInstalled())
      if let fault = try hook.fault() { faults.append(fault) }
    }
    if checks[0], !checks[1] {
      faults.append(
        InstallationFault("commits are checked, and merges are not", isFailure: false))
    }
    let missing = try attributes.missing(needed: driver.isInstalled || checks.contains(true))
    if !missing.isEmpty {
      faults.append(InstallationFault(GitAttributes.sentence(missing), isFailure: false))
    }
    return faults
  }

  /// What is installed, in words; nil for nothing.
  public func summary() throws(Failure) -> String? {
    let diff = driver.isInstalled ? ["'git diff' shows readers"] : []
    let all = diff + (try hooks[0].isInstalled() ? ["hooks check each commit and each merge"] : [])
    return all.isEmpty ? nil : all.joined(separator: "; ")
  }

  /// The first committed or staged file of an entry for which other attributes count than ours, such as those
  /// that pass writes into a vault; nil if there is none.
  public func shadowed() -> String? {
    let git = Git(in: attributes.root)
    let files = git.run(
      ["ls-files", "-z", "--"] + ["gpg", "yaml"].map { ":(glob)\(Paths.vault)/**/*.\($0)" })?.output
    let answer =
      git.run(["check-attr", "--stdin", "-z", "diff", "text", "merge"], input: files ?? [])?.output
    let fields = (answer ?? []).split(separator: 0).map { String(name: $0) }
    let wanted: [Name: String] = ["diff": "keyvault", "text": "unset", "merge": "unset"]
    for index in stride(from: 0, to: fields.count - 2, by: 3) {
      let (path, attribute, value) = (fields[index], fields[index + 1], fields[index + 2])
      if attribute == "diff", path.hasSuffix(".yaml") { continue }
      if wanted[attribute] != value { return path }
    }
    return nil
  }

  /// Takes back what ``install(_:withHook:)`` wrote, and says what that was.
  public func uninstall() throws(Failure) -> [String] {
    try RepositoryLock.exclusive(of: attributes.root).whileHeld { () throws(Failure) in
      try uninstalled()
    }
  }

  private func uninstalled() throws(Failure) -> [String] {
    var done: [String] = []
    for hook in hooks where try hook.uninstall() { done.append("removed \(hook.path)") }
    if try driver.uninstall() { done.append("removed the diff driver") }
    switch try attributes.uninstall(Git(in: attributes.root)) {
    case .done: done.append("removed the lines from \(GitAttributes.fileName)")
    case .committed:
      done.append("\(GitAttributes.fileName) is committed and belongs to the team: it stays")
    case .nothing: break
    }
    return done
  }
}

extension String {
  /// The folder of a file (absolute).
  fileprivate var folder: String {
    guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")), slash != startIndex else { return "/" }
    return String(self[..<slash])
  }
}
