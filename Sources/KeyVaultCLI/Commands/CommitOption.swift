import ArgumentParser
import KeyVault

/// `--commit`, of the commands that change the vault.
struct CommitOption: ParsableArguments {
  @Flag(help: "Commit the changed files, and nothing else.")
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

/// `--field NAME=VALUE`, a further part of a credential.
enum FieldArgument {
  static func parse(
    _ arguments: [String], of provider: Provider
  ) throws(Failure) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    for argument in arguments {
      guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
        throw Failure(.usage, "--field takes NAME=VALUE")
      }
      let name = String(argument[..<equals])
      let value = String(argument[argument.index(after: equals)...])
      guard let field = provider.fields.first(where: { $0.name == name }) else {
        let known = provider.fields.map(\.name)
        throw Failure(
          .usage, "\(provider.name) has no field '\(name.printable(limit: 80))'",
          hints: known.isEmpty ? [] : ["it has \(known.joined(separator: ", "))"])
      }
      if field.isSecret {
        throw Failure(
          .usage, "'\(name)' is secret, and an argument is seen by every process",
          hints: ["it cannot be set this way"])
      }
      guard !value.isEmpty, !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
        throw Failure(.usage, "the value of '\(name)' is empty or has a control character")
      }
      fields.append((name, value))
    }
    return fields
  }
}
