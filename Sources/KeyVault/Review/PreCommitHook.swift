/// The hook that git runs before each commit of a clone.
struct PreCommitHook {
  /// Where git looks for it.
  let hooks: HooksFolder

  private static let name = "pre-commit"
  private static let head = """
    #!/bin/sh
    # Written by 'keyvault git install'; 'keyvault git install --uninstall' takes it back.

    """
  private static let command = " git pre-commit"

  private var folder: String { hooks.path }
  var path: String { folder + "/" + Self.name }

  /// What a hook of one's own says to ask keyvault too.
  private static func call(_ program: String) -> String { program.shellQuoted + command }

  /// The same in a hook that is committed: elsewhere keyvault has another path.
  private static let sharedCall = "keyvault" + command

  private static func text(_ program: String) -> String { head + "exec \(call(program))\n" }

  private enum State {
    case absent
    /// As we wrote it, for any program.
    case ours(String)
    /// Somebody's own, which may call us.
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
      guard try !callsUs() else { return }
      let file = (hooks.own + "/" + Self.name).below(workTree.top)
      throw Failure(
        .findings,
        "git takes its hooks from '\(folder.printable)' (core.hooksPath), where commits write them",
        hints: ["add a line to \(file.printable): \(Self.sharedCall) || exit 1", rest])
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
    let own = try? Folder(hooks.own).read(Self.name, limit: Limits.document)
    return own.map { Self.calls(String(decoding: $0, as: UTF8.self)) } ?? false
  }

  /// Whether anything changed.
  func install(_ program: String) throws(Failure) -> Bool {
    let text = Self.text(program)
    // What it runs calls us.
    if hooks.own != hooks.path { return false }
    switch try state() {
    case .foreign: return false
    case .ours(text): return false
    case .ours, .absent: break
    }
    do throws(FileError) {
      try Folder(making: folder).write(Array(text.utf8).span.bytes, as: Self.name, mode: 0o755)
    } catch {
      throw error.failure
    }
    return true
  }

  /// Whether there was one of ours; another's stays, also one that calls us.
  func uninstall() throws(Failure) -> Bool {
    guard case .ours = try state() else { return false }
    do throws(FileError) {
      try Folder(folder).remove(Self.name)
    } catch {
      throw error.failure
    }
    return true
  }

  private func state() throws(Failure) -> State {
    if hooks.isOff { return .absent }
    do throws(FileError) {
      let folder = try Folder(folder)
      // A link leads to somebody's own.
      if folder.kind(of: Self.name) == .link { return .foreign("") }
      let bytes = try folder.read(Self.name, limit: Limits.document)
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
      !line.drop { $0 == " " || $0 == "\t" }.hasPrefix("#") && line.contains("keyvault")
        && line.contains(command)
    }
  }
}
