internal import Synchronization

/// The folder of the person who will type a suggested command, as seen from the repository. Paths
/// in such commands are relative to its root, and the person may be in a folder below it, or have
/// named it with
/// `-C`.
public enum Standpoint: Sendable, Equatable {
  /// In the root or below it; the path from there to the root: empty, or `../` as often as it takes.
  case inside(up: String)
  /// Elsewhere; a path to the root.
  case outside(String)

  private static let current = Mutex(Standpoint.inside(up: ""))

  /// Both are absolute and without links.
  public init(of folder: String, root: String) {
    let stem = root == "/" ? root : root + "/"
    if folder == root {
      self = .inside(up: "")
    } else if folder.hasPrefix(stem) {
      let depth = folder.dropFirst(stem.count).split(separator: "/").count
      self = .inside(up: String(repeating: "../", count: depth))
    } else {
      let above = folder == "/" ? folder : folder + "/"
      self = .outside(root.hasPrefix(above) ? String(root.dropFirst(above.count)) : root)
    }
  }

  /// Makes all later messages of this process suggest commands for a person in this folder.
  public func take() { Self.current.withLock { $0 = self } }

  /// A command made of text and paths (`parts`), for a person in the folder that this process was
  /// given.
  static func command(_ parts: [Shell.Part]) -> String {
    current.withLock { $0 }.command(parts)
  }

  func command(_ parts: [Shell.Part]) -> String {
    switch self {
    case .inside(let up): return Self.text(of: parts, below: up)
    case .outside(let root):
      let text = Self.text(of: parts, below: "")
      for program in ["git", "keyvault"] where text.hasPrefix(program + " ") {
        let rest = text.dropFirst(program.count)
        return rest.hasPrefix(" -C ") ? text : "\(program) -C \(root.shellWord)\(rest)"
      }
      return Self.text(of: parts, below: root + "/")
    }
  }

  private static func text(of parts: [Shell.Part], below folder: String) -> String {
    parts.reduce(into: "") { text, part in
      switch part {
      case .text(let words): text += words
      case .path(let path): text += (path.hasPrefix("/") ? path : folder + path).shellWord
      }
    }
  }
}
