internal import Glibc
internal import Machine

/// Whose repositories are used: this user's own, root's, and those that git's `safe.directory` names. The
/// owner of keyvault.yaml or vault/ decides for whom keys are encrypted, and a repository may be found in any
/// folder above the working folder. ``FolderOwners`` judges what a repository holds.
public struct RepositoryOwner: Sendable {
  private let users: Set<UInt32>

  /// The user that this process runs as, and root, who can change everything anyway; for root, as with git,
  /// also `sudoUser`, who started it by sudo.
  public init(sudoUser: UInt32? = nil) {
    users = geteuid() == 0 ? Set([0, sudoUser].compactMap(\.self)) : [geteuid(), 0]
  }

  /// Throws if the folder at `root`, its keyvault.yaml or its vault/ belongs to another user, and git has
  /// no permission for it.
  public func check(_ root: String) throws(Failure) {
    let folder = try reporting { () throws(FileError) in try Folder(root) }
    guard let (name, owner) = foreign(in: folder) else { return }
    guard !Self.isListed(root) else { return }
    let path = name.isEmpty ? root : root + "/" + name
    throw Failure(
      .malformed,
      "'\(path.printable)' belongs to another user (\(owner)), so nothing in it is used",
      hints: ["if you trust its owner: \(Self.permission(of: root))"])
  }

  /// Whether git has a permission for the repository at `root`, or for the work tree that holds it.
  static func isListed(_ root: String) -> Bool {
    let top = Git(in: root).topFolder ?? root
    return Git.safeFolders.contains { covers($0, root) || covers($0, top) }
  }

  /// The command that gives it.
  static func permission(of root: String) -> String {
    Git.permission(for: Git(in: root).topFolder ?? root)
  }

  /// The first part that belongs to another user, and who that is.
  private func foreign(in folder: borrowing Folder) -> (name: String, owner: UInt32)? {
    guard let own = FileStatus(folder.descriptor) else { return nil }
    guard users.contains(own.owner) else { return ("", own.owner) }
    for name in [Paths.configuration, Paths.vault] {
      guard let status = FileStatus(name, in: folder.descriptor) else { continue }
      guard [own.owner, geteuid(), 0].contains(status.owner) else { return (name, status.owner) }
    }
    return nil
  }

  /// Whether a value of `safe.directory` names a folder: `*`, its path, or a path above it with `/*`.
  static func covers(_ value: String, _ folder: String) -> Bool {
    var value = Array(value.utf8)
    let folder = Array(folder.utf8)
    if value.elementsEqual("*".utf8) { return true }
    if value.suffix(2).elementsEqual("/*".utf8) { return folder.starts(with: value.dropLast()) }
    while value.count > 1, value.last == UInt8(ascii: "/") { value.removeLast() }
    return !value.isEmpty && value == folder
  }
}

extension Git {
  /// What the system, the user and the environment say in `safe.directory`; nothing that a repository
  /// says. An empty value takes back those before it.
  fileprivate static var safeFolders: [String] {
    let arguments = [
      "config", "--null", "--show-scope", "--type=path", "--get-all", "safe.directory",
    ]
    guard let (status, output) = Git(in: "/").run(arguments), status == 0 else { return [] }
    let fields = output.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    var folders: [String] = []
    for index in stride(from: 0, to: fields.count - 1, by: 2)
    where ["system", "global", "command"].contains(fields[index]) {
      if fields[index + 1].isEmpty { folders = [] } else { folders.append(fields[index + 1]) }
    }
    return folders
  }
}
