internal import Glibc
internal import Machine
internal import Naming

/// Changes entries of one of git's index files, in an empty work tree.
///
/// git compares files that are as young as the index with their entries when it writes it, and passes
/// them through the filters that the repository's attributes and configuration name. Where it sees no file,
/// it compares none.
struct GitStaging {
  private let git: Git
  private let root: String
  private let prefix: String
  /// Absolute.
  private let indexFile: String
  private let place: ScratchFolder
  private let environment: [Name: String]

  /// `root` is the repository's, absolute; `prefix` its folder below the top of the work tree. `name` is an
  /// index file as git names it: `index` is the real one, others lie beside it.
  init(in root: String, prefix: String, index name: String) throws(Failure) {
    self.root = root
    self.prefix = prefix
    let folders = try Git(in: root).output(
      of: ["rev-parse", "--absolute-git-dir", "--git-path", name], or: GitCommit.what)
    let lines = folders.split(separator: UInt8(ascii: "\n"))
      .map { String(decoding: $0, as: UTF8.self) }
    guard lines.count == 2 else {
      throw Failure(.malformed, "\(GitCommit.what): the path of its folder has a line break")
    }
    indexFile = lines[1].hasPrefix("/") ? lines[1] : root + "/" + lines[1]
    do throws(ScratchError) {
      place = try ScratchFolder(
        .files, in: ScratchPlace.all(runtimeDirectory: nil, allowsDisk: true))
    } catch {
      throw FileError(.create, error.path, error.code).failure
    }
    git = Git(in: place.path)
    environment = [
      "GIT_DIR": lines[0], "GIT_WORK_TREE": place.path, "GIT_INDEX_FILE": indexFile,
    ]
  }

  /// Runs a command on the index; its first line of output.
  @discardableResult
  func run(_ arguments: [String]) throws(Failure) -> String {
    let output = try git.output(
      of: arguments, environment: environment,
      or: "\(GitCommit.what) ('git \(arguments.first ?? "")' failed)")
    return String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Has the index hold these files (relative to the root) as they lie there; one that is gone is removed.
  func stage(_ paths: [String]) throws(Failure) {
    let before = age
    for path in paths { try stage(path) }
    if let before { restore(before) }
  }

  func discard() {
    unlink(indexFile)
  }

  private func stage(_ path: String) throws(Failure) {
    guard let bytes = try content(path) else {
      try run(["update-index", "--force-remove", "--", prefix + path])
      return
    }
    let output = try git.output(
      of: ["hash-object", "-w", "--no-filters", "--stdin"], input: bytes, environment: environment,
      or: GitCommit.what)
    let object = String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    try run(["update-index", "--add", "--cacheinfo", "100644,\(object),\(prefix)\(path)"])
  }

  /// nil if there is no such file.
  private func content(_ path: String) throws(Failure) -> [UInt8]? {
    var parts = path.split(separator: "/").map(String.init)
    guard let name = parts.popLast() else { return nil }
    do throws(FileError) {
      let folder = try Folder(root).folder(parts.joined(separator: "/"))
      guard folder.kind(of: name) == .file else { return nil }
      return try folder.read(name, limit: 64 << 20)
    } catch let error where error.isMissing {
      return nil
    } catch {
      throw error.failure
    }
  }

  // MARK: The age of the index

  /// Entries whose files are as young as the index are not compared here, so the index must not look
  /// younger than it was: git would take such files for unchanged.
  private var age: timespec? {
    var status = stat()
    return lstat(indexFile, &status) == 0 ? status.st_mtim : nil
  }

  private func restore(_ age: timespec) {
    var times = [timespec(tv_sec: 0, tv_nsec: 1_073_741_822), age]  // UTIME_OMIT, and the old one
    utimensat(AT_FDCWD, indexFile, &times, 0)
  }
}
