internal import Glibc
internal import Machine
internal import Naming

/// Changes entries of one of git's index files, in an empty work tree.
///
/// git compares files that are as young as the index with their entries when it writes it, and passes
/// them through the filters that the repository's attributes and configuration name. Where it sees no file,
/// it compares none.
struct GitStaging {
  /// A file as it is to be staged.
  struct Item {
    /// Relative to the repository's root.
    let path: String
    /// The id of its content; nil removes it.
    let object: String?
  }

  private let git: Git
  private let prefix: String
  /// git's own folder of this work tree, absolute.
  let gitFolder: String
  /// The real index, absolute.
  let indexFile: String
  private let place: ScratchFolder
  private let environment: [Name: String]

  /// `root` is the repository's, absolute; `prefix` its folder below the top of the work tree.
  init(in root: String, prefix: String) throws(Failure) {
    self.prefix = prefix
    let folders = try Git(in: root).output(
      of: ["rev-parse", "--absolute-git-dir", "--git-path", "index"], or: GitCommit.what)
    let lines = folders.split(separator: UInt8(ascii: "\n"))
      .map { String(decoding: $0, as: UTF8.self) }
    guard lines.count == 2 else {
      throw Failure(.malformed, "\(GitCommit.what): the path of its folder has a line break")
    }
    gitFolder = lines[0]
    indexFile = lines[1].hasPrefix("/") ? lines[1] : root + "/" + lines[1]
    do throws(ScratchError) {
      place = try ScratchFolder(
        .files, in: ScratchPlace.all(runtimeDirectory: nil, allowsDisk: true))
    } catch {
      throw FileError(.create, error.path, error.code).failure
    }
    git = Git(in: place.path)
    environment = ["GIT_DIR": lines[0], "GIT_WORK_TREE": place.path]
  }

  /// Runs a command on an index file (absolute); its first line of output.
  @discardableResult
  func run(
    _ arguments: [String], input: [UInt8] = [], on index: String
  ) throws(Failure) -> String {
    let output = try git.output(
      of: arguments, input: input,
      environment: environment.merging(["GIT_INDEX_FILE": index]) { $1 },
      or: "\(GitCommit.what) ('git \(arguments.first ?? "")' failed)")
    return String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Gives git the content of a file; nil where there is none.
  func item(_ path: String, _ content: [UInt8]?) throws(Failure) -> Item {
    guard let content else { return Item(path: path, object: nil) }
    let object = try run(
      ["hash-object", "-w", "--no-filters", "--stdin"], input: content, on: indexFile)
    return Item(path: path, object: object)
  }

  /// Has an index file (absolute) hold these, which ends their conflicts.
  func put(_ items: [Item], into index: String) throws(Failure) {
    // As long as every id of the repository.
    let format = try run(["rev-parse", "--show-object-format"], on: index)
    let null = String(repeating: "0", count: format == "sha256" ? 64 : 40)
    let lines = items.map { item in
      (item.object.map { "100644 \($0)" } ?? "0 \(null)") + "\t" + prefix + item.path + "\0"
    }
    try run(
      ["update-index", "--add", "-z", "--index-info"], input: Array(lines.joined().utf8), on: index)
  }
}
