internal import Glibc

/// Programs that are started, by absolute paths that other users cannot replace.
public enum TrustedProgram {
  /// The first program of that name in these folders. A folder that is relative or empty is passed over,
  /// since it depends on the working folder, and so is one that its group or all users can write.
  public static func locate(_ name: String, in folders: [String]) -> String? {
    for folder in folders where isTrustworthy(folder: folder) {
      let candidate = folder + "/" + name
      if isTrustworthy(candidate) { return candidate }
    }
    return nil
  }

  /// The folders of a search path such as `$PATH`.
  public static func folders(of searchPath: String) -> [String] {
    searchPath.utf8.split(separator: UInt8(ascii: ":")).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A search path without the folders that ``locate(_:in:)`` passes over; for libraries that search by
  /// themselves.
  public static func trusted(searchPath: String) -> String {
    folders(of: searchPath).filter(isTrustworthy(folder:)).joined(separator: ":")
  }

  /// Whether a library that searches `searchPath` by itself finds a program of that name first where it
  /// can be trusted, or nowhere.
  public static func isFoundSafely(_ name: String, by searchPath: String) -> Bool {
    // Empty parts count here: they are the working folder.
    let parts = searchPath.utf8.split(
      separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    for part in parts {
      let folder = String(decoding: part, as: UTF8.self)
      let candidate = folder.isEmpty ? "./" + name : folder + "/" + name
      guard access(candidate, X_OK) == 0 else { continue }
      return isTrustworthy(folder: folder) && isTrustworthy(candidate)
    }
    return true
  }

  private static func isTrustworthy(folder: String) -> Bool {
    var status = stat()
    return folder.utf8.first == UInt8(ascii: "/") && stat(folder, &status) == 0
      && status.st_mode & (S_IWGRP | S_IWOTH) == 0
  }

  /// Whether a file is a program that its owner alone can write.
  public static func isTrustworthy(_ program: String) -> Bool {
    var status = stat()
    guard stat(program, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else { return false }
    return access(program, X_OK) == 0
  }

  /// git, by this process's own search path, else the system's; nil if it is not installed.
  public static let git: String? = {
    let searchPath = getenv("PATH").map { String(cString: $0) } ?? ""
    return locate("git", in: folders(of: searchPath) + ["/usr/bin", "/bin"])
  }()
}
