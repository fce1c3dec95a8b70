internal import Glibc

/// A file that could not be read or written: what was tried, on what, and why.
public struct FileError: Error, Sendable, Equatable {
  public enum Attempt: Sendable, Equatable {
    case open, read, write, create, remove, lock
    case notRegular
    case tooLarge(limit: Int)
    /// One folder holds more names.
    case tooManyNames(limit: Int)
    /// A walk came to more names, in all of its folders together.
    case tooManyFiles(limit: Int)
    /// A walk came to more folders.
    case tooManyFolders(limit: Int)
    /// Folders are nested deeper.
    case tooDeep(limit: Int)
    /// Others could know or change what is to be this user's alone; `remedy` is what to do about it.
    case danger(why: String, remedy: String)
    /// It belongs to another user, in a folder `root` that is used; git's `safe.directory` permits it.
    case foreign(owner: UInt32, root: String)
    /// The repository belongs to another user, and so does what would be kept in it.
    case notOurs(owner: UInt32)
    /// A folder of the repository is a git work tree of its own.
    case workTree
    /// git has it, a sparse checkout leaves it out, and its content is not in this clone.
    case absent
    /// There is no home folder to keep it in.
    case noHome
    /// git, which must say whether it is tracked, does not answer.
    case noAnswer(why: String)
  }

  public let attempt: Attempt
  public let path: String
  /// The system's error number, 0 where it was not the system that objected.
  public let code: Int32

  init(_ attempt: Attempt, _ path: String, _ code: Int32) {
    self.attempt = attempt
    self.path = path
    self.code = code
  }

  /// Whether nothing is there at all, as opposed to something that is not a folder.
  var isAbsence: Bool { attempt == .open && code == ENOENT }

  var isMissing: Bool { attempt == .open && (code == ENOENT || code == ENOTDIR) }

  /// Whether others could know or change what is to be this user's alone.
  public var isDanger: Bool { if case .danger = attempt { true } else { false } }

  /// Whether this machine remembers nothing of a repository for a reason that its user can change.
  public var isToldOnce: Bool {
    switch attempt {
    case .danger, .noHome, .notOurs, .noAnswer: true
    default: false
    }
  }

  public var message: String {
    switch attempt {
    case .open where code == ELOOP: "'\(path)' is a symbolic link, which is not followed"
    case .open where isMissing: "no such file '\(path)'"
    case .open: "cannot open '\(path)': \(reason)"
    case .read: "cannot read '\(path)': \(reason)"
    case .write: "cannot write '\(path)': \(reason)"
    case .create: "cannot make the folder '\(path)': \(reason)"
    case .lock: "cannot lock '\(path)': \(reason)"
    case .remove: "cannot remove '\(path)': \(reason)"
    case .notRegular: "'\(path)' is not a regular file"
    case .tooLarge(let limit): "'\(path)' is larger than \(limit / 1024) KiB"
    case .tooManyNames(let limit): "'\(path)' holds more than \(limit) files"
    case .tooDeep(let limit): "'\(path)' holds folders more than \(limit) deep"
    case .tooManyFiles(let limit):
      "there are more than \(limit) files; those of '\(path)' were not read"
    case .tooManyFolders(let limit): "there are more than \(limit) folders; '\(path)' was not read"
    case .danger(let why, _): "'\(path)' \(why)"
    case .foreign(let owner, _): "'\(path)' belongs to another user (\(owner)), so it is not used"
    case .workTree:
      "'\(path)' is a git repository of its own, such as a submodule, so it is not used: no commit of "
        + "this repository shows what is in it"
    case .notOurs(let owner): "'\(path)' belongs to another user (\(owner))"
    case .noAnswer(let why): "git does not say whether '\(path)' is tracked (\(why))"
    case .absent: "cannot read what git has and does not check out in '\(path)'"
    case .noHome: "HOME does not name a folder, and XDG_STATE_HOME is not set"
    }
  }

  /// The code of the finding for it.
  var findingCode: Finding.Code {
    switch attempt {
    case .tooManyNames, .tooManyFiles, .tooManyFolders: .tooManyFiles
    case .tooDeep: .tooDeep
    case .workTree: .gitInVault
    default: .unreadable
    }
  }

  private var reason: String {
    switch code {
    case ENOSPC: "no space left on the device"
    case EACCES, EPERM: "permission denied"
    case EROFS: "the file system is read-only"
    case EDQUOT: "the disk quota is used up"
    case EIO: "input/output error"
    default: String(cString: strerror(code))
    }
  }

  /// What to do about it; nil where the message says all.
  var hint: String? { failure.hints.first }

  /// The error as a failure of a whole command.
  public var failure: Failure {
    switch attempt {
    case .open where isMissing: Failure(.notFound, message)
    case .open where code == ELOOP: Failure(.malformed, message)
    case .open, .read: Failure(.io, message)
    case .write, .create, .remove, .lock: Failure(.cannotWrite, message)
    case .notRegular, .tooLarge, .tooManyNames, .tooManyFiles, .tooManyFolders, .tooDeep:
      Failure(.malformed, message)
    case .danger(_, let remedy): Failure(.malformed, message, hints: [remedy])
    case .foreign(_, let root):
      Failure(
        .malformed, message,
        hints: ["if you trust its owner: \(RepositoryOwner.permission(of: root))"])
    case .workTree:
      Failure(
        .malformed, message,
        hints: [
          "if it is a submodule: \(Shell("git rm -- \(path: path)")); otherwise remove its .git"
        ])
    case .absent: Failure(.inconclusive, message, hints: [FileError.checkout(of: path)])
    case .noHome, .notOurs, .noAnswer: Failure(.cannotWrite, message)
    }
  }
}

extension FileError {
  /// What to do to have a file that git has and a sparse checkout leaves out.
  static func checkout(of path: String) -> String {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? path
    return
      "check it out: \(Shell("git sparse-checkout add \(path: folder)")), or git sparse-checkout disable"
  }
}

/// Runs what touches files for a caller that answers to a person.
func reporting<Value: ~Copyable>(
  _ body: () throws(FileError) -> Value
) throws(Failure) -> Value {
  do throws(FileError) {
    return try body()
  } catch {
    throw error.failure
  }
}
