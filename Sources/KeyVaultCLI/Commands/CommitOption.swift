import ArgumentParser
import KeyVault

/// `--commit`, of the commands that change the vault.
struct CommitOption: ParsableArguments {
  @Flag(help: "Commit the changed files.")
  var commit = false

  /// Commits what changed of these entries, and nothing else that is staged.
  func run(
    _ message: String, _ names: [EntryName], in repository: Repository, _ session: Session
  ) throws {
    try run(
      message, files: names.flatMap { [$0.ciphertextPath, $0.sidecarPath] }, in: repository, session
    )
  }

  func run(_ message: String, _ names: [EntryName], in session: Session) throws {
    try run(message, names, in: session.repository(), session)
  }

  /// The same of files, relative to the root.
  func run(
    _ message: String, files: [String], in repository: Repository, _ session: Session
  ) throws {
    guard commit else { return session.warnOfIgnored(files, in: repository.root) }
    guard Git(in: repository.root).isPresent else {
      throw Failure(
        .io,
        "this folder is not in a git work tree, so nothing was committed; the files are written",
        hints: ["git init"])
    }
    let commit = GitCommit(in: repository.root)
    let isCommitted = try commit.make(message, of: files)
    session.note(isCommitted ? "committed: \(message)" : "nothing to commit")
    if isCommitted, commit.isSigningWanted {
      Console.warning(
        "git is told to sign commits (commit.gpgSign), and this one is not signed",
        hint: "sign it: git commit --amend --no-edit -S")
    }
    session.tellUntracked(in: repository.root)
  }
}

/// `--field NAME=VALUE`, an additional field of a credential.
enum FieldArgument {
  static func parse(
    _ arguments: [String], of provider: Provider
  ) throws(Failure) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    for argument in arguments {
      let (name, value) = try split(argument)
      try provider.check(field: name, value: value)
      fields.append((name, value))
    }
    return fields
  }

  static func split(_ argument: String) throws(Failure) -> (name: String, value: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
      throw Failure(.usage, "--field takes NAME=VALUE")
    }
    return (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
  }
}
