internal import Glibc

/// The way to a program: each folder and link that decides which file its path names.
///
/// Only root and this user may own or change any part of it. No part may be in a git work tree or
/// in a repository of keyvault, where commits can write.
struct ProgramTrail {
  /// Why a path is not used.
  enum Objection {
    /// Nothing has that name.
    case missing
    case because(String)
  }

  /// The open folder that was reached.
  private var folder: Int32
  private var status: FileStatus
  /// Its path, for messages.
  private var path = "/"
  /// The first folder on the way that commits can write.
  private var workTree: String?
  private var links = 0

  /// More than any valid path has, and what the system itself follows.
  private static let greatestLinks = 40
  private static let markers = [".git", "keyvault.yaml"]

  /// Judges a folder that holds programs.
  static func objection(toFolder path: String) -> Objection? {
    judge(path) { trail, kind in
      guard case .folder = kind else { return .missing }
      return trail.status.isOpenToOthers ? .because("other users can write '\(trail.path)'") : nil
    }
  }

  /// Judges a program.
  static func objection(toProgram path: String) -> Objection? {
    judge(path) { trail, kind in
      guard case .file(let name, let status) = kind else { return .missing }
      guard !trail.status.isOpenToOthers else {
        return .because("other users can write '\(trail.path)'")
      }
      guard status.isOursOrRoots else {
        return .because("it belongs to another user (\(status.owner))")
      }
      guard !status.isOpenToOthers else { return .because("other users can write it") }
      guard faccessat(trail.folder, name, X_OK, AT_EACCESS) == 0 else { return .missing }
      return nil
    }
  }

  /// What a path leads to.
  private enum End {
    case folder
    case file(name: String, FileStatus)
  }

  private static func judge(
    _ path: String, _ last: (ProgramTrail, End) -> Objection?
  ) -> Objection? {
    guard path.utf8.first == UInt8(ascii: "/") else {
      return .because("its folder depends on the working folder")
    }
    guard var trail = ProgramTrail() else { return .missing }
    defer { close(trail.folder) }
    var objection: Objection?
    let end = trail.follow(path, &objection)
    if let objection { return objection }
    guard let end else { return .missing }
    if let objection = last(trail, end) { return objection }
    return trail.workTree.map { .because("commits can write to the work tree '\($0)'") }
  }

  private init?() {
    let folder = open("/", FileStatus.searched)
    guard folder >= 0 else { return nil }
    guard let status = FileStatus(folder) else {
      close(folder)
      return nil
    }
    (self.folder, self.status) = (folder, status)
  }

  /// Goes along `path`; nil if there is an objection or nothing is there.
  private mutating func follow(_ path: String, _ objection: inout Objection?) -> End? {
    var rest = Array(Self.parts(of: path).reversed())
    while let name = rest.popLast() {
      guard let next = FileStatus(name, in: folder) else { return nil }
      if next.isLink {
        guard next.isOursOrRoots else {
          objection = .because("'\(child(name))' belongs to another user (\(next.owner))")
          return nil
        }
        links += 1
        guard links <= Self.greatestLinks, let target = target(of: name) else { return nil }
        if target.utf8.first == UInt8(ascii: "/") { guard enter("/", as: "/") else { return nil } }
        rest += Self.parts(of: target).reversed()
        continue
      }
      if next.isFile { return rest.isEmpty ? .file(name: name, next) : nil }
      guard enter(name, as: isParent(name) ? parent : child(name)) else { return nil }
      objection = self.objection
      guard objection == nil else { return nil }
    }
    return .folder
  }

  /// What speaks against the folder that was reached.
  private var objection: Objection? {
    guard status.isOursOrRoots else {
      return .because("'\(path)' belongs to another user (\(status.owner))")
    }
    guard !status.isReplaceable else { return .because("other users can write '\(path)'") }
    return nil
  }

  private mutating func enter(_ name: String, as path: String) -> Bool {
    let next = openat(folder, name, FileStatus.searched | (name == "/" ? 0 : O_NOFOLLOW))
    guard next >= 0 else { return false }
    close(folder)
    folder = next
    guard let status = FileStatus(next) else { return false }
    self.status = status
    self.path = path
    if workTree == nil, Self.markers.contains(where: { faccessat(next, $0, F_OK, 0) == 0 }) {
      workTree = path
    }
    return true
  }

  private func child(_ name: String) -> String {
    path.utf8.count == 1 ? "/" + name : path + "/" + name
  }

  private func isParent(_ name: String) -> Bool { name.utf8.elementsEqual("..".utf8) }

  private var parent: String {
    "/" + Self.parts(of: path).dropLast().joined(separator: "/")
  }

  private static func parts(of path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
      .filter { !$0.utf8.elementsEqual(".".utf8) }
  }

  private func target(of name: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { bytes in
      readlinkat(folder, name, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    guard count > 0, count < buffer.count else { return nil }
    return String(validating: buffer[..<count], as: UTF8.self)
  }
}
