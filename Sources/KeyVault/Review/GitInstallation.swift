internal import Naming

/// What makes git know of a keyvault repository in one clone: the diff driver, the attributes that
/// name it, and the hook before each commit.
public struct GitInstallation {
  private let workTree: WorkTree
  private let driver: DiffDriver
  private let attributes: GitAttributes
  private let hook: PreCommitHook

  /// `root` is the keyvault repository's, absolute. Throws if it lies in no git work tree.
  public init(of root: String) throws(Failure) {
    workTree = try WorkTree(around: root)
    driver = DiffDriver(git: workTree.git)
    attributes = GitAttributes(root: root)
    hook = PreCommitHook(hooks: HooksFolder(of: workTree))
  }

  /// Writes what is missing, and says what that was; nothing where all is there. Throws before
  /// anything is written where something stands in the way. `program` is keyvault's absolute path.
  public func install(_ program: String, withHook: Bool) throws(Failure) -> [String] {
    guard !workTree.isWritten(program) else {
      throw Failure(
        .findings,
        "this keyvault lies in the work tree, where a commit could replace what git will run: "
          + "'\(program.printable)'",
        hints: ["install it elsewhere, such as in ~/.local/bin, and run that one"])
    }
    return try RepositoryLock.exclusive(of: attributes.root).whileHeld { () throws(Failure) in
      try installed(program, withHook: withHook)
    }
  }

  private func installed(_ program: String, withHook: Bool) throws(Failure) -> [String] {
    try driver.check()
    if withHook { try hook.check(program, in: workTree) }
    var done: [String] = []
    if try attributes.install() { done.append("wrote \(GitAttributes.fileName): commit it") }
    if try driver.install(program) {
      done.append("'git diff' and 'git log -p' show who can read a key, and never the key")
    }
    if withHook, try hook.install(program) {
      done.append(
        hook.hooks.isEverybodys
          ? "each commit is checked first, in every repository of yours, not this one alone "
            + "(core.hooksPath is global): \(hook.path)"
          : "each commit is checked first: \(hook.path)")
    }
    return done
  }

  /// The first committed or staged ciphertext for which other attributes count than ours, such as those
  /// that pass writes into a vault; nil if there is none.
  public func shadowed() -> String? {
    let git = Git(in: attributes.root)
    let files = git.run(["ls-files", "-z", "--", ":(glob)\(Paths.vault)/**/*.gpg"])?.output ?? []
    let answer =
      git.run(["check-attr", "--stdin", "-z", "diff", "text"], input: files)?.output ?? []
    let fields = answer.split(separator: 0).map { String(name: $0) }
    let wanted: [Name: String] = ["diff": "keyvault", "text": "unset"]
    for index in stride(from: 0, to: fields.count - 2, by: 3)
    where wanted[fields[index + 1]] != fields[index + 2] {
      return fields[index]
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
    if try hook.uninstall() { done.append("removed \(hook.path)") }
    if try driver.uninstall() { done.append("removed the diff driver") }
    switch try attributes.uninstall(Git(in: attributes.root)) {
    case .done: done.append("took the lines out of \(GitAttributes.fileName)")
    case .committed:
      done.append("\(GitAttributes.fileName) is committed, and so everybody's: it stays")
    case .nothing: break
    }
    return done
  }
}
