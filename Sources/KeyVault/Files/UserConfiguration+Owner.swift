internal import Glibc
internal import Machine

extension UserConfiguration {
  /// Throws if the file at `path` could say what others want: another user owns it or can write it,
  /// or it is in a repository, where commits can write. A file that is not there says nothing.
  static func checkOwner(of path: String) throws(Failure) {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return }
    defer { close(file) }
    guard let status = FileStatus(file) else { return }
    guard status.isOursOrRoots else {
      throw refusal(path, "belongs to another user (\(status.owner))", "make one of your own")
    }
    guard !status.isOpenToOthers else {
      throw refusal(path, "can be written by other users", Shell("chmod go-w \(path)").description)
    }
    var parts = path.split(separator: "/").dropLast()
    try checkFolder("/" + parts.joined(separator: "/"), of: path)
    while !parts.isEmpty {
      let folder = "/" + parts.joined(separator: "/")
      guard access(folder + "/" + Paths.configuration, F_OK) != 0 else {
        throw refusal(
          path, "is inside the repository '\(folder.printable)', where commits can write",
          "let XDG_CONFIG_HOME name a folder outside of it")
      }
      parts.removeLast()
    }
  }

  /// Throws if commits of the repository at `root` can write the file at `path`, because it is in one of its
  /// work trees. Both are absolute. A file that is not there says nothing.
  public static func check(_ path: String, isOutside root: String) throws(Failure) {
    guard access(path, F_OK) == 0, let slash = path.lastIndex(of: "/") else { return }
    let descriptor = open(String(path[...slash]), FileStatus.searched)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard let own = FileStatus(descriptor), let above = FileStatus.ancestors(of: descriptor) else {
      return
    }
    let trees = ([root] + WorkTrees.all(around: root)).compactMap { tree in
      guard let folder = try? Folder(ofAnyOwner: tree) else { return nil as FileStatus? }
      return FileStatus(folder.descriptor)
    }
    guard !([own] + above).contains(where: { trees.contains(where: $0.isSame) }) else {
      throw refusal(
        path, "is in a work tree of the repository '\(root.printable)', where commits can write",
        "let XDG_CONFIG_HOME name a folder outside of it")
    }
  }

  /// Throws if another user can put another file in its place.
  private static func checkFolder(_ folder: String, of path: String) throws(Failure) {
    let descriptor = open(folder, FileStatus.searched)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard let own = FileStatus(descriptor), let above = FileStatus.ancestors(of: descriptor) else {
      return
    }
    guard own.isOursOrRoots, !own.isReplaceable else {
      throw refusal(
        path,
        own.isOursOrRoots
          ? "is in a folder that other users can write"
          : "is in a folder of another user (\(own.owner))",
        own.isOurs
          ? Shell("chmod go-w \(folder)").description
          : "let XDG_CONFIG_HOME name a folder of your own")
    }
    // Many systems give each user a group of its own, which a home may be open to.
    guard above.allSatisfy({ $0.isOursOrRoots && $0.mode & 0o1002 != 0o002 }) else {
      throw refusal(
        path, "is below a folder that other users can change",
        "let XDG_CONFIG_HOME name a folder of your own")
    }
  }

  private static func refusal(_ path: String, _ why: String, _ remedy: String) -> Failure {
    Failure(
      .malformed, "'\(path.printable)' \(why), and it decides what is trusted", hints: [remedy])
  }
}
