internal import FoundationEssentials
internal import Glibc
internal import Naming

/// A git work tree: where it begins, where git keeps what belongs to it, and which keyvault
/// repositories it holds.
struct WorkTree {
  /// Runs at the top.
  let git: Git
  /// Its folder, absolute.
  let top: String
  /// What all work trees of this clone share: `.git`, absolute.
  let commonFolder: String

  /// The work tree that contains `folder` (absolute). Throws if there is none, or no git.
  init(around folder: String) throws(Failure) {
    let git = Git(in: folder)
    let what = "cannot find the work tree of '\(folder.printable)'"
    let answer = try git.output(
      of: ["rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir"], or: what)
    let lines = answer.split(separator: UInt8(ascii: "\n"))
      .map { String(decoding: $0, as: UTF8.self) }
    guard lines.count == 2 else {
      throw Failure(.malformed, "\(what): its path has a line break")
    }
    let (top, common) = (lines[0], lines[1])
    self.top = top
    commonFolder = common
    self.git = Git(in: top)
  }

  /// Every folder whose files this repository's commits write: this work tree, the others of the
  /// clone, and the one that this is a submodule of.
  var folders: [String] {
    let list = git.run(["worktree", "list", "--porcelain", "-z"])?.output ?? []
    let others = list.split(separator: 0).map { String(name: $0) }
      .filter { $0.hasPrefix("worktree ") }.map { String($0.dropFirst("worktree ".count)) }
    let above = git.line(["rev-parse", "--show-superproject-working-tree"])
    // Of a submodule the list names git's own folder, which no commit writes.
    return [top] + others.filter { !$0.isInside(commonFolder) } + (above.map { [$0] } ?? [])
  }

  /// Whether commits of this repository write the file at `path`.
  func isWritten(_ path: String) -> Bool {
    !path.isInside(commonFolder) && folders.contains(where: path.isInside)
  }

  /// The folders of keyvault repositories in the index, relative to the top: empty, or with a slash
  /// at the end. Throws if git cannot read its index.
  func repositories() throws(Failure) -> [String] {
    let name = Paths.configuration
    let output = try git.output(
      of: ["ls-files", "-z", "--", ":(glob)**/\(name)"], or: "git could not read its index")
    return Set(
      names: output.split(separator: 0).map { String(name: $0.dropLast(name.utf8.count)) }
    )
    .sortedTexts
  }
}

extension String {
  /// Whether this path is `folder` or inside it, links resolved as far as they exist.
  func isInside(_ folder: String) -> Bool {
    let folder = folder.resolved
    let path = resolved
    return path == folder || path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
  }

  /// Relative to `folder`, where it is below it.
  func below(_ folder: String) -> String {
    hasPrefix(folder + "/") ? String(dropFirst(folder.count + 1)) : self
  }

  /// The absolute path without links; what does not exist stays as it is said.
  fileprivate var resolved: String {
    var missing: [Substring] = []
    var parts = split(separator: "/")
    while true {
      if let real = realpath("/" + parts.joined(separator: "/"), nil) {
        defer { free(real) }
        let found = String(cString: real)
        return missing.isEmpty
          ? found : (found == "/" ? "" : found) + "/" + missing.reversed().joined(separator: "/")
      }
      guard let last = parts.popLast() else { return self }
      missing.append(last)
    }
  }

  /// One word of a shell's command line.
  var shellQuoted: String { "'" + replacing("'", with: #"'\''"#) + "'" }
}
