internal import Glibc
internal import Machine

extension UserConfiguration {
  /// Throws if the file at `path` could say what others want: another user owns it or can write it, or it
  /// lies in a repository, where commits can write. A file that is not there says nothing.
  static func checkOwner(of path: String) throws(Failure) {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return }
    defer { close(file) }
    guard let status = FileStatus(file) else { return }
    guard status.isOursOrRoots else {
      throw refusal(path, "belongs to another user (\(status.owner))", "make one of your own")
    }
    guard status.mode & 0o002 == 0 else {
      throw refusal(path, "can be written by every user", Shell("chmod go-w \(path)").description)
    }
    var parts = path.split(separator: "/").dropLast()
    while !parts.isEmpty {
      let folder = "/" + parts.joined(separator: "/")
      guard access(folder + "/" + Configuration.fileName, F_OK) != 0 else {
        throw refusal(
          path, "is inside the repository '\(folder.printable)', where commits can write",
          "let XDG_CONFIG_HOME name a folder outside of it")
      }
      parts.removeLast()
    }
  }

  private static func refusal(_ path: String, _ why: String, _ remedy: String) -> Failure {
    Failure(
      .malformed, "'\(path.printable)' \(why), and it decides what is trusted", hints: [remedy])
  }
}
