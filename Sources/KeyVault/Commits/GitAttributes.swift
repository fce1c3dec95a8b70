/// A repository's `.gitattributes`: which files git may not touch, and which it shows by our driver.
struct GitAttributes {
  /// The repository's root.
  let root: String

  static let fileName = ".gitattributes"
  private static let heading = "# Written by 'keyvault git install'."
  /// No line ends may change in a ciphertext or in what its digest is compared with. Neither may git merge an
  /// entry as text: it takes two sidecars that are alike for one that moved, and writes what was said of one
  /// key into the other's sidecar. What both sides changed is a conflict, which 'keyvault resolve' ends.
  private static let lines = [
    "vault/** -text", "vault/**/*.gpg diff=keyvault -merge", "vault/**/*.yaml -merge",
  ]
  /// What earlier versions wrote in their place.
  private static let oldLines = ["vault/**/*.gpg diff=keyvault"]

  /// Adds what is missing below all that is there, or in the place of what an earlier version wrote. Whether
  /// that was anything.
  func install() throws(Failure) -> Bool {
    var lines = try text().split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    let missing = Self.lines.filter { !lines.contains($0) }
    guard !missing.isEmpty else { return false }
    if let start = lines.firstIndex(of: Self.heading) {
      let end = lines[(start + 1)...].firstIndex { !Self.isOurs($0) } ?? lines.endIndex
      lines.replaceSubrange(start..<end, with: [Self.heading] + Self.lines)
    } else {
      if lines.last == "" { lines.removeLast() }
      lines += [Self.heading] + Self.lines
    }
    if lines.last != "" { lines.append("") }
    try write(lines.joined(separator: "\n"))
    return true
  }

  /// What it means that lines are missing.
  static func sentence(_ missing: [String]) -> String {
    let lines = missing.map { "'\($0)'" }.joined(separator: ", ")
    let merges = missing.contains { $0.hasSuffix(" -merge") }
    return "\(fileName) lacks \(lines)"
      + (merges ? ", without which git merges two versions of an entry line by line" : "")
  }

  /// Lines that are missing though some of ours are there; none where none is, unless they are `needed`.
  func missing(needed: Bool) throws(Failure) -> [String] {
    let lines = try text().split(separator: "\n").map(String.init)
    guard needed || lines.contains(where: { $0 == Self.heading || Self.isOurs($0) }) else {
      return []
    }
    return Self.lines.filter { !lines.contains($0) }
  }

  private static func isOurs(_ line: String) -> Bool {
    lines.contains(line) || oldLines.contains(line)
  }

  /// What came of taking the lines back.
  enum Removal {
    case done, nothing
    /// What is committed is everybody's.
    case committed
  }

  /// Takes back the lines that ``install()`` added, and the file where nothing else is in it.
  func uninstall(_ git: Git) throws(Failure) -> Removal {
    let lines = try text().split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0 == Self.heading }) else { return .nothing }
    let committed = git.run(["cat-file", "blob", "HEAD:./\(Self.fileName)"])
    if let committed, committed.status == 0,
      String(decoding: committed.output, as: UTF8.self).contains(Self.heading + "\n")
    {
      return .committed
    }
    let end =
      lines[(start + 1)...].firstIndex { !Self.isOurs(String($0)) } ?? lines.endIndex
    let rest = (lines[..<start] + lines[end...]).joined(separator: "\n")
    if rest.isEmpty {
      do throws(FileError) {
        try Folder(root).remove(Self.fileName)
      } catch {
        throw error.failure
      }
    } else {
      try write(rest)
    }
    return .done
  }

  private func text() throws(Failure) -> String {
    do throws(FileError) {
      let bytes = try Folder(root).read(Self.fileName, limit: Limits.document)
      return String(decoding: bytes, as: UTF8.self)
    } catch let error where error.isAbsence {
      return ""
    } catch {
      throw error.failure
    }
  }

  private func write(_ text: String) throws(Failure) {
    do throws(FileError) {
      try Folder(root).write(Array(text.utf8).span.bytes, as: Self.fileName, mode: 0o644)
    } catch {
      throw error.failure
    }
  }
}
