internal import Glibc
internal import Naming
internal import Synchronization

/// Files of the repository that git has and that a sparse checkout leaves out of the work tree. They are
/// part of the repository all the same: a list of readers that is not checked out still decides.
final class AbsentFiles: Sendable {
  private let root: String
  private let listed = Mutex<Result<[Name: String], FileError>?>(nil)
  private let contents = Mutex<Result<[Name: [UInt8]], FileError>?>(nil)

  /// Of the repository at `root`, absolute.
  init(of root: String) {
    self.root = root
  }

  /// git's id of the content of each, by its path relative to the root. Asks git once, and only where an
  /// index says that it leaves files out.
  var ids: [Name: String] {
    get throws(FileError) {
      let result = listed.withLock { listed in
        if let listed { return listed }
        let result = Result { () throws(FileError) in
          SparseIndex(around: root).mayLeaveOut ? try list() : [:]
        }
        listed = result
        return result
      }
      return try result.get()
    }
  }

  /// Whether git has a file at this path that is not checked out.
  func holds(_ path: String) throws(FileError) -> Bool { try ids[path] != nil }

  /// Whether git has such files below this folder.
  func hasFolder(_ folder: String) throws(FileError) -> Bool {
    try ids.keys.contains { $0.text.hasPrefix(folder + "/") }
  }

  /// The content that git has at this path; nil where no file is absent there. Throws if it is not in this
  /// clone, as in a partial one.
  func read(_ path: String) throws(FileError) -> [UInt8]? {
    guard try holds(path) else { return nil }
    let result = contents.withLock { contents in
      if let contents { return contents }
      let result = Result { () throws(FileError) in try load() }
      contents = result
      return result
    }
    guard let bytes = try result.get()[path] else { throw FileError(.absent, path, 0) }
    return bytes
  }

  /// Throws if the content of one of them is not in this clone.
  func checkAreReadable() throws(FileError) {
    for path in try ids.sortedKeys { _ = try read(path) }
  }

  private func list() throws(FileError) -> [Name: String] {
    let folder = try Folder(root)
    var ids: [Name: String] = [:]
    do throws(Failure) {
      try Git(in: root).readFields(
        ["ls-files", "-t", "--stage", "-z", "--", ":(literal)\(Paths.vault)"]
          + [":(literal)\(Paths.providers)", ":(literal)\(Paths.configuration)"],
        within: .listing, or: "git could not list the files that are not checked out"
      ) { record in
        if let (path, id) = Self.file(record), !folder.holds(path) { ids[path] = id }
        return ids.count <= Limits.files
      }
    } catch {
      throw FileError(.absent, root, 0)
    }
    return ids
  }

  /// `S 100644 <id> 0`, a tab and a path: a regular file without conflict that is to stay out.
  private static func file(_ record: ArraySlice<UInt8>) -> (path: String, id: String)? {
    guard let tab = record.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
    let words = record[..<tab].split(separator: UInt8(ascii: " "))
    guard words.count == 4, words[0].elementsEqual("S".utf8), words[3].elementsEqual("0".utf8),
      words[1].starts(with: Array("100".utf8))
    else { return nil }
    return (String(name: record[(tab + 1)...]), String(decoding: words[2], as: UTF8.self))
  }

  /// By one process: files of a vault are small.
  private func load() throws(FileError) -> [Name: [UInt8]] {
    let files = try ids.map { (path: $0.key, id: $0.value) }
    do throws(Failure) {
      let blobs = try GitObjects(Git(in: root)).blobs(files.map(\.id))
      var contents: [Name: [UInt8]] = [:]
      for (file, blob) in zip(files, blobs) { contents[file.path] = blob }
      return contents
    } catch {
      throw FileError(.absent, root, 0)
    }
  }
}

extension AbsentFiles {

  /// A command that must write these files, which are not checked out.
  static func refusal(_ paths: [String]) -> Failure {
    let shown = paths.prefix(3).map { $0.printable(limit: 120) }.joined(separator: ", ")
    let more = paths.count > 3 ? " and \(paths.count - 3) more" : ""
    return Failure(
      .cannotWrite,
      "git has \(shown)\(more), which this sparse checkout leaves out and this command must write, so "
        + "nothing was changed",
      hints: paths.first.map { [FileError.checkout(of: $0)] } ?? [])
  }
}

/// The index of the work tree that contains a folder, as far as it says whether files are left out:
/// without a process, since most clones leave out none.
private struct SparseIndex {
  /// Absolute; nil where there is no work tree.
  private let folder: String?

  init(around folder: String) {
    var parts = folder.split(separator: "/")
    while true {
      let parent = "/" + parts.joined(separator: "/")
      if let found = Self.gitFolder(in: parent) {
        self.folder = found
        return
      }
      guard parts.popLast() != nil else { break }
    }
    self.folder = nil
  }

  /// `.git`, or what the file of that name in a linked work tree or a submodule names.
  private static func gitFolder(in parent: String) -> String? {
    guard let folder = try? Folder(parent) else { return nil }
    switch folder.kind(of: ".git") {
    case .file:
      let text = (try? folder.read(".git", limit: 4096)).map { String(decoding: $0, as: UTF8.self) }
      guard let line = text?.split(separator: "\n").first, line.hasPrefix("gitdir: ") else {
        return nil
      }
      let path = String(line.dropFirst("gitdir: ".count))
      return path.hasPrefix("/") ? path : parent + "/" + path
    case .folder, .link: return parent + "/.git"
    case .other, nil: return nil
    }
  }

  /// An index has marks for files that are left out from version 3 on, and git writes version 2 where it
  /// needs none.
  var mayLeaveOut: Bool {
    guard let folder else { return false }
    if access(folder + "/info/sparse-checkout", F_OK) == 0 { return true }
    let file = open(folder + "/index", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return false }
    defer { close(file) }
    var head = [UInt8](repeating: 0, count: 8)
    guard read(file, &head, head.count) == head.count, head.starts(with: Array("DIRC".utf8)) else {
      return false
    }
    return head[7] > 2
  }
}
