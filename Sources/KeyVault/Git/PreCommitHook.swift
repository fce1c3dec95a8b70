/// The hook that git runs before each commit of a clone.
struct PreCommitHook {
  /// Where git looks for it, absolute.
  let folder: String

  private static let name = "pre-commit"
  private static let head = """
    #!/bin/sh
    # Written by 'keyvault git install'; 'keyvault git install --uninstall' takes it back.

    """
  private static let command = " git pre-commit"

  var path: String { folder + "/" + Self.name }

  /// What a hook of one's own says to ask keyvault too.
  static func call(_ program: String) -> String { program.shellQuoted + command }

  private static func text(_ program: String) -> String { head + "exec \(call(program))\n" }

  private enum State {
    case absent
    /// As we wrote it, for any program.
    case ours(String)
    /// Somebody's own, which may call us.
    case foreign(String)
  }

  /// Throws if there is a hook of somebody else's that does not call keyvault.
  func check(_ program: String, in workTree: WorkTree) throws(Failure) {
    let call = Self.call(program)
    if workTree.isWritten(path) {
      throw Failure(
        .findings,
        "git takes its hooks from '\(folder.printable)' (core.hooksPath), where commits write them",
        hints: [
          "add a line to its pre-commit: \(call) || exit 1",
          "--no-hook installs the rest",
        ])
    }
    guard case .foreign(let text) = try state(), !Self.calls(text) else { return }
    let isFramework = text.contains("pre-commit.com") || text.contains("pre_commit")
    throw Failure(
      .findings, "there is a hook already, which keyvault did not write: '\(path.printable)'",
      hints: [
        isFramework
          ? "add the hook 'keyvault-staged' to .pre-commit-config.yaml"
          : "add a line to it: \(call) || exit 1",
        "--no-hook installs the rest",
      ])
  }

  /// Whether anything changed.
  func install(_ program: String) throws(Failure) -> Bool {
    let text = Self.text(program)
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
