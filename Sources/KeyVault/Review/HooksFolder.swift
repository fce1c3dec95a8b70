internal import Glibc
internal import Naming

/// Where git looks for hooks.
struct HooksFolder {
  /// Absolute.
  let path: String
  /// Where `core.hooksPath` is set: `local`, `worktree`, `global`, or `system`; nil where it is not.
  let scope: String?

  init(of workTree: WorkTree) {
    let arguments = ["config", "--show-scope", "--type=path", "-z", "--get-all", "core.hooksPath"]
    let fields = (workTree.git.run(arguments)?.output ?? []).split(
      separator: 0, omittingEmptySubsequences: false
    ).map { String(name: $0) }
    let values = stride(from: 0, to: fields.count - 1, by: 2).map { (fields[$0], fields[$0 + 1]) }
    // Our own call says /dev/null.
    guard let (scope, path) = values.last(where: { $0.0 != "command" }), !path.isEmpty else {
      self.path = workTree.commonFolder + "/hooks"
      scope = nil
      return
    }
    self.path = path.hasPrefix("/") ? path : workTree.top + "/" + path
    self.scope = scope
  }

  /// Whether all repositories of the person, or of the machine, run these hooks.
  var isEverybodys: Bool { scope == "global" || scope == "system" }

  /// Husky makes the hooks in `.husky/_`, and they run the person's own in the folder above.
  var own: String { path.hasSuffix("/.husky/_") ? String(path.dropLast(2)) : path }

  /// Whether git runs none, because something else than a folder is there, such as /dev/null.
  var isOff: Bool { access(path, F_OK) == 0 && (try? Folder(path)) == nil }
}
