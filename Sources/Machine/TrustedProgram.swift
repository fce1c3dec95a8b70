internal import Glibc

/// Programs that are started: by absolute paths that neither another user nor a commit can change.
public enum TrustedProgram {
  /// A program that a search path names and that is not started.
  public struct Refusal: Sendable {
    public let name: String
    /// The folder as the search path has it.
    public let folder: String
    /// Half a sentence.
    public let reason: String

    /// `git in '/x' is passed over, because …`
    public var message: String { "\(name) in '\(folder)' is passed over, because \(reason)" }
  }

  /// What a search path comes to.
  public struct Search: Sendable {
    /// Absolute; nil if there is none that can be trusted.
    public let program: String?
    /// Those before it, first things first.
    public let refusals: [Refusal]
  }

  /// The system's own folders. Their owner is not judged: a user who can change them has the machine. In some
  /// containers root has another number.
  public static let systemFolders = ["/usr/bin", "/bin"]

  /// Looks for a program in these folders, in their order.
  public static func search(for name: String, in folders: [String]) -> Search {
    var refusals: [Refusal] = []
    for folder in folders where holds(folder, name) {
      switch objection(to: name, in: folder) {
      case nil: return Search(program: folder + "/" + name, refusals: refusals)
      case .missing: continue
      case .because(let reason):
        refusals.append(Refusal(name: name, folder: folder, reason: reason))
      }
    }
    return Search(program: nil, refusals: refusals)
  }

  /// Looks for a program by a search path such as `$PATH`. The system's folders come last, if the path
  /// names a program that is passed over, or no folder that can be trusted.
  public static func search(for name: String, by searchPath: String) -> Search {
    let folders = folders(of: searchPath)
    let search = search(for: name, in: folders)
    guard search.program == nil,
      !search.refusals.isEmpty || folders.allSatisfy({ objection(toFolder: $0) != nil })
    else { return search }
    return Search(
      program: self.search(for: name, in: systemFolders).program, refusals: search.refusals)
  }

  /// The folders of a search path; an empty part is the working folder, `.`.
  public static func folders(of searchPath: String) -> [String] {
    guard !searchPath.utf8.isEmpty else { return [] }
    return searchPath.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "." : String(decoding: $0, as: UTF8.self) }
  }

  /// The folders of a search path that are not passed over, and in which none of `names` is: for libraries
  /// and programs that search by themselves.
  public static func trusted(folders searchPath: String, for names: [String]) -> [String] {
    let folders = folders(of: searchPath).filter { folder in
      objection(toFolder: folder) == nil
        && names.allSatisfy { !holds(folder, $0) || objection(to: $0, in: folder) == nil }
    }
    return folders.isEmpty ? systemFolders : folders
  }

  /// Whether a library that searches `searchPath` by itself finds a program of that name first where it
  /// can be trusted, or nowhere.
  public static func isFoundSafely(_ name: String, by searchPath: String) -> Bool {
    guard let folder = folders(of: searchPath).first(where: { holds($0, name) }) else {
      return true
    }
    return objection(to: name, in: folder) == nil
  }

  /// git, by this process's search path as it was when it was first asked for.
  public static let git = search(for: "git", by: originalSearchPath)

  /// `$PATH` as it was when this was first read.
  public static let originalSearchPath: String =
    getenv("PATH").map { String(cString: $0) } ?? systemFolders.joined(separator: ":")

  private static func holds(_ folder: String, _ name: String) -> Bool {
    access(folder + "/" + name, X_OK) == 0
  }

  private static func objection(toFolder folder: String) -> ProgramTrail.Objection? {
    guard isSystem(folder) else { return ProgramTrail.objection(toFolder: folder) }
    return isWritableByOwnerAlone(folder, S_IFDIR) ? nil : .missing
  }

  private static func objection(to name: String, in folder: String) -> ProgramTrail.Objection? {
    let program = folder + "/" + name
    guard isSystem(folder) else { return ProgramTrail.objection(toProgram: program) }
    return isWritableByOwnerAlone(folder, S_IFDIR) && isWritableByOwnerAlone(program, S_IFREG)
      ? nil : .missing
  }

  private static func isSystem(_ folder: String) -> Bool {
    systemFolders.contains { $0.utf8.elementsEqual(folder.utf8) }
  }

  private static func isWritableByOwnerAlone(_ path: String, _ kind: mode_t) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == kind
      && status.st_mode & (S_IWGRP | S_IWOTH) == 0
  }
}
