import ArgumentParser
import KeyVault

/// `--commit`, of the commands that change the vault.
struct CommitOption: ParsableArguments {
  @Flag(help: "Commit the changed files, and nothing else.")
  var commit = false

  /// Commits what changed of these entries, and nothing else that is staged.
  func run(_ message: String, _ names: [EntryName], in session: Session) throws {
    try run(message, files: names.flatMap { [$0.ciphertextPath, $0.sidecarPath] }, in: session)
  }

  /// Commits what changed of these files, relative to the root, and nothing else that is staged.
  func run(_ message: String, files: [String], in session: Session) throws {
    let workspace = try session.workspace()
    guard commit else { return workspace.tellIgnored(files) }
    _ = try CommitFiles(message, files: files).run(in: workspace)
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
