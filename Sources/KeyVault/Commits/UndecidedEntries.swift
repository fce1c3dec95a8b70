internal import Glibc
internal import Naming
internal import Synchronization

/// The entries that a merge in progress left undecided. git is asked once, and only if it has something in
/// progress, which a few files tell.
final class UndecidedEntries: Sendable {
  private let root: String
  private let known = Mutex<Set<EntryName>?>(nil)

  /// `root` is the repository's, absolute.
  init(in root: String) {
    self.root = root
  }

  func contains(_ name: EntryName) -> Bool { names.contains(name) }

  var names: Set<EntryName> {
    known.withLock { known in
      let names = known ?? find()
      known = names
      return names
    }
  }

  /// AUTO_MERGE is what a merge left in the work tree: a stash, too, has no other sign.
  private static let signs = GitOperation.allCases.map(\.head) + ["AUTO_MERGE"]

  private func find() -> Set<EntryName> {
    let git = Git(in: root)
    guard let folder = gitFolder(of: git),
      Self.signs.contains(where: { access(folder + "/" + $0, F_OK) == 0 }),
      let prefix = git.prefix,
      let answer = git.run(["ls-files", "--unmerged", "-z", "--full-name", "--", Paths.vault])
    else { return [] }
    let names = answer.output.split(separator: 0).compactMap { record -> EntryName? in
      // `100644 OBJECT 2`, a tab, the path.
      guard let tab = record.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
      let path = String(name: record[(tab + 1)...])
      return EntryName(ofFile: String(path.dropFirst(prefix.count)))
    }
    return Set(names)
  }

  /// git's own folder of the work tree: `.git`, or what the file `.git` of a linked work tree names.
  private func gitFolder(of git: Git) -> String? {
    guard let top = git.topFolder else { return nil }
    let path = top + "/.git"
    guard let bytes = try? Folder(top).read(".git", limit: 4096) else { return path }
    let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    guard line.hasPrefix("gitdir: ") else { return nil }
    let named = String(line.dropFirst("gitdir: ".count))
    return named.hasPrefix("/") ? named : top + "/" + named
  }
}
