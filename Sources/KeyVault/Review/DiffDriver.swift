internal import Glibc

/// The diff driver `keyvault` in a clone's configuration: git shows who can read a ciphertext, and
/// never what is in it. (pass calls its driver, which decrypts, `gpg`.)
struct DiffDriver {
  let git: Git

  private static let name = "diff.keyvault.textconv"
  private static let cache = "diff.keyvault.cachetextconv"
  private static let command = " git textconv"

  /// What stands there already; nil if nothing does.
  private var current: String? { git.line(["config", "--local", "--get", Self.name]) }

  /// Throws if another program has configured a driver of that name.
  func check() throws(Failure) {
    guard let current, !Self.isOurs(current) else { return }
    throw Failure(
      .findings, "\(Self.name) is '\(current.printable(limit: 200))', which keyvault did not write",
      hints: ["remove it: \(Shell("git config --local --unset \(Self.name)"))"])
  }

  /// Whether anything changed. `program` is keyvault's absolute path.
  func install(_ program: String) throws(Failure) -> Bool {
    let command = program.shellQuoted + Self.command
    // A cache of what is shown would be kept in git's objects.
    let isCached = git.line(["config", "--local", "--get", Self.cache])
    guard current != command || isCached != "false" else { return false }
    try set(Self.name, to: command)
    try set(Self.cache, to: "false")
    return true
  }

  /// Whether there was one of ours.
  func uninstall() throws(Failure) -> Bool {
    guard let current, Self.isOurs(current) else { return false }
    for name in [Self.name, Self.cache] where git.line(["config", "--local", "--get", name]) != nil
    {
      try change(["--unset-all", name])
    }
    return true
  }

  /// What is wrong with the one that is installed; nil where nothing is, or none is.
  func fault() -> InstallationFault? {
    guard let program = current?.quotedProgram(before: Self.command), access(program, X_OK) != 0
    else { return nil }
    return InstallationFault(
      "'git diff' fails: it runs '\(program.printable)', which is not there", isFailure: true)
  }

  /// Whether one of ours is.
  var isInstalled: Bool { current.map(Self.isOurs) ?? false }

  private static func isOurs(_ command: String) -> Bool {
    command.hasPrefix("'/") && command.hasSuffix("'" + Self.command)
  }

  private func set(_ name: String, to value: String) throws(Failure) {
    try change([name, value])
  }

  private func change(_ arguments: [String]) throws(Failure) {
    let answer = git.answer(["config", "--local"] + arguments)
    guard answer?.status == 0 else {
      var failure = git.failure("git could not change this clone's configuration", answer)
      if failure.kind == .io { failure.kind = .cannotWrite }
      throw failure
    }
  }
}
