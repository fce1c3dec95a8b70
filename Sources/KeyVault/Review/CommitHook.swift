internal import Glibc

/// A hook that git runs before it makes a commit of a clone.
struct CommitHook {
  /// What git asks it about. `git cherry-pick`, `git revert`, `git rebase` and `git am` make commits without.
  enum Occasion: String, CaseIterable {
    case commit = "pre-commit"
    /// A merge without conflicts; `git commit` ends one with conflicts.
    case merge = "pre-merge-commit"
  }

  let occasion: Occasion
  /// Where git looks for it.
  let hooks: HooksFolder

  private static let head = """
    #!/bin/sh
    # Written by 'keyvault git install'; 'keyvault git install --uninstall' takes it back.

    """
  private static let command = " git pre-commit"

  private var folder: String { hooks.path }
  private var name: String { occasion.rawValue }
  var path: String { folder + "/" + name }
  /// git ignores one that is not.
  private var isExecutable: Bool { access(path, X_OK) == 0 }

  /// What a hook of one's own says to ask keyvault too.
  private static func call(_ program: String) -> String { program.shellQuoted + command }

  /// The line of a hook that is committed: elsewhere keyvault has another path.
  private static let sharedCall = "keyvault" + command

  private static func text(_ program: String) -> String { head + "exec \(call(program))\n" }

  private enum State {
    case absent
    /// As we wrote it, for any program.
    case ours(String)
    /// A person's own hook, which may call us.
    case foreign(String)
  }

  /// Throws if a hook stands in the way that another wrote and that does not call keyvault, or if git runs no
  /// hooks.
  func check(_ program: String, in workTree: WorkTree) throws(Failure) {
    let rest = "--no-hook installs the rest"
    if hooks.isOff {
      throw Failure(
        .findings, "git runs no hooks: core.hooksPath is '\(folder.printable)'",
        hints: [
          Shell("git config --\(hooks.scope ?? "local") --unset core.hooksPath").description, rest,
        ])
    }
    if workTree.isWritten(path) {
      guard try callsUs() else {
        let file = (hooks.own + "/" + name).below(workTree.top)
        throw Failure(
          .findings,
          "git takes its hooks from '\(folder.printable)' (core.hooksPath), where commits can "
            + "change them",
          hints: ["add a line to \(file.printable): \(Self.sharedCall) || exit 1", rest])
      }
      // A commit may have changed it since: it is the person's to let run.
      guard isExecutable else {
        throw Failure(
          .findings, "git ignores a hook that is not executable: '\(path.printable)'",
          hints: [Shell("chmod +x \(path)").description, rest])
      }
      return
    }
    guard case .foreign(let text) = try state(), !Self.calls(text) else { return }
    let isFramework = text.contains("pre-commit.com") || text.contains("pre_commit")
    throw Failure(
      .findings, "there is a hook already, which keyvault did not write: '\(path.printable)'",
      hints: [
        isFramework
          ? "add the hook 'keyvault-staged' to .pre-commit-config.yaml"
          : "add a line to it: \(Self.call(program)) || exit 1",
        rest,
      ])
  }

  /// Whether a hook that commits write calls keyvault: git's, or that which it runs.
  private func callsUs() throws(Failure) -> Bool {
    if case .foreign(let text) = try state(), Self.calls(text) { return true }
    let own = try? Folder(hooks.own).read(name, limit: Limits.document)
    return own.map { Self.calls(String(decoding: $0, as: UTF8.self)) } ?? false
  }

  enum Change {
    case written, madeExecutable
  }

  /// What changed; nil for nothing.
  func install(_ program: String) throws(Failure) -> Change? {
    let text = Self.text(program)
    // What it runs calls us.
    if hooks.own != hooks.path { return nil }
    switch try state() {
    case .foreign, .ours(text): return isExecutable ? nil : try makeExecutable()
    case .ours, .absent: break
    }
    do throws(FileError) {
      try Folder(making: folder).write(Array(text.utf8).span.bytes, as: name, mode: 0o755)
    } catch {
      throw error.failure
    }
    return .written
  }

  /// For those who can read it.
  private func makeExecutable() throws(Failure) -> Change {
    var status = stat()
    guard lstat(path, &status) == 0,
      chmod(path, status.st_mode & 0o777 | (status.st_mode & 0o444) >> 2) == 0
    else {
      throw Failure(
        .cannotWrite,
        "cannot make '\(path.printable)' executable: \(String(cString: strerror(errno)))")
    }
    return .madeExecutable
  }

  /// What a check of this machine finds wrong with it; nil where nothing is, or where it is not installed.
  func fault() throws(Failure) -> InstallationFault? {
    let commits = occasion == .commit ? "commits" : "merges"
    switch try state() {
    case .absent: return nil
    case .foreign(let text):
      guard Self.calls(text) else { return nil }
    case .ours(let text):
      let command = String(text.dropFirst((Self.head + "exec ").count).dropLast())
      if let program = command.quotedProgram(before: Self.command), access(program, X_OK) != 0 {
        return InstallationFault(
          "\(commits) fail: the hook '\(path.printable)' runs '\(program.printable)', "
            + "which is not there", isFailure: true)
      }
    }
    guard !isExecutable else { return nil }
    return InstallationFault(
      "\(commits) are not checked: git ignores '\(path.printable)', which is not executable",
      isFailure: false)
  }

  /// Whether git is to ask keyvault.
  func isInstalled() throws(Failure) -> Bool {
    switch try state() {
    case .absent: false
    case .ours: true
    case .foreign: try callsUs()
    }
  }

  /// Whether there was one of ours; another's stays, also one that calls us.
  func uninstall() throws(Failure) -> Bool {
    guard case .ours = try state() else { return false }
    do throws(FileError) {
      try Folder(folder).remove(name)
    } catch {
      throw error.failure
    }
    return true
  }

  private func state() throws(Failure) -> State {
    if hooks.isOff { return .absent }
    do throws(FileError) {
      let folder = try Folder(folder)
      // A link leads to a person's own file.
      if folder.kind(of: name) == .link { return .foreign("") }
      let bytes = try folder.read(name, limit: Limits.document)
      let text = String(decoding: bytes, as: UTF8.self)
      return Self.isOurs(text) ? .ours(text) : .foreign(text)
    } catch let error where error.isMissing {
      return .absent
    } catch {
      throw error.failure
    }
  }

  private static func isOurs(_ text: String) -> Bool {
    guard text.hasPrefix(head) else { return false }
    let rest = text.dropFirst(head.count)
    return rest.hasPrefix("exec '/") && rest.hasSuffix("'\(command)\n")
      && rest.dropLast().contains("\n") == false
  }

  private static func calls(_ text: String) -> Bool {
    text.split(separator: "\n").contains { line in
      guard !line.drop(while: { $0 == " " || $0 == "\t" }).hasPrefix("#") else { return false }
      // git's own sample of the hook for merges runs the one for commits.
      return line.contains("keyvault") && line.contains(command)
        || line.contains("hooks/\(Occasion.commit.rawValue)")
    }
  }
}
