internal import Glibc
internal import Synchronization

/// Whose files and folders count below a folder that was opened by its path: this user's, root's, those of
/// the folder's owner, and everyone's where git's `safe.directory` names the folder.
///
/// Others who can write into a repository could otherwise add a reader, or change where keys go, without
/// any commit.
final class FolderOwners: Sendable {
  private let path: String
  private let owner: uid_t
  /// Asked for once, and only where a file is another user's: git must be started.
  private let isPermitted = Mutex<Bool?>(nil)

  /// Of the open folder at `path`.
  init(of descriptor: Int32, at path: String) {
    var status = stat()
    owner = fstat(descriptor, &status) == 0 ? status.st_uid : geteuid()
    self.path = path
  }

  /// Throws if the file or folder at `path` belongs to another user.
  func check(_ status: stat, _ path: String) throws(FileError) {
    let user = status.st_uid
    guard user != owner, user != geteuid(), user != 0, !isListed else { return }
    throw FileError(.foreign(owner: user, root: self.path), path, 0)
  }

  private var isListed: Bool {
    isPermitted.withLock { known in
      if let known { return known }
      let answer = RepositoryOwner.isListed(path)
      known = answer
      return answer
    }
  }
}
