internal import Glibc

/// The work trees that commits of one repository can write: those around a folder, such as of a repository
/// that has it as a submodule, and those that `git worktree add` made.
///
/// git is not asked. What is found is only ever refused, so that a forged file does no harm.
enum WorkTrees {
  /// Absolute paths, some of which may not exist. `folder` is absolute.
  static func all(around folder: String) -> [String] {
    var found: [String] = []
    var parts = folder.split(separator: "/")
    while true {
      let place = "/" + parts.joined(separator: "/")
      if access(place + "/.git", F_OK) == 0 {
        found.append(place)
        if let common = commonFolder(of: place) { found += linked(to: common) }
        // No commit of a work tree around it can have made this one, unless it is a submodule.
        if !isSubmodule(place) { return found }
      }
      guard parts.popLast() != nil else { return found }
    }
  }

  /// Whether `.git` is a file: of a submodule, or of what `git worktree add` made.
  static func isSubmodule(_ workTree: String) -> Bool { line(of: workTree + "/.git") != nil }

  /// The folder that git shares among the work trees of a repository.
  private static func commonFolder(of workTree: String) -> String? {
    let own = workTree + "/.git"
    // A folder in the main work tree, a file with the path of one in the others.
    guard let line = line(of: own) else { return own }
    let head = "gitdir: "
    guard line.hasPrefix(head) else { return nil }
    let folder = absolute(String(line.dropFirst(head.count)), in: workTree)
    return self.line(of: folder + "/commondir").map { absolute($0, in: folder) } ?? folder
  }

  /// The main work tree, which holds the folder as `.git`, and the others, which it lists.
  private static func linked(to common: String) -> [String] {
    let names = (try? Folder(common + "/worktrees"))?.names ?? []
    let others = names.compactMap { line(of: "\(common)/worktrees/\($0)/gitdir") }
    return ([common] + others).compactMap { path in
      path.hasSuffix("/.git") ? String(path.dropLast("/.git".count)) : nil
    }
  }

  private static func absolute(_ path: String, in folder: String) -> String {
    var parts: [Substring] = []
    for part in (path.hasPrefix("/") ? path : folder + "/" + path).split(separator: "/") {
      if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// The first line of a small file; nil if there is none.
  private static func line(of path: String) -> String? {
    var parts = path.split(separator: "/")
    let name = parts.popLast().map(String.init) ?? ""
    let bytes = try? Folder("/" + parts.joined(separator: "/")).read(name, limit: Limits.document)
    guard let bytes else { return nil }
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}

extension Folder {
  /// What it holds, in byte order; nothing if it cannot be listed.
  fileprivate var names: [String] { ((try? items()) ?? []).map(\.name) }
}
