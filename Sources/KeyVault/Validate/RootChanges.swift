internal import Naming

/// What a change does to the roots of a work tree. A command uses the nearest root above the folder where it is
/// started, so one that is new or that moved decides which vault and which policy count.
struct RootChanges {
  let base: Snapshot
  /// What differs from the base in the whole work tree.
  let changes: [Index.Change]
  /// The repository's folder below the top of the work tree: empty, or with a slash at the end.
  let prefix: String

  /// Of the repository itself, where the base has no keyvault.yaml at this place; nothing else of it was
  /// compared then.
  func ofUncompared() -> [Finding] {
    let gone = roots { $0.item == nil }
    guard let first = gone.first else {
      return [
        Finding(
          .baseUnreadable, .warning, in: Paths.configuration,
          "\(base.name) has no repository here, so nothing was compared with it")
      ]
    }
    return [
      Finding(
        .repositoryMoved, .error, in: Paths.configuration,
        "\(base.name) has no repository here, but one in '\(place(first))' that is gone, so nothing was "
          + "compared with it",
        hint: "restore it, or compare by hand what moved, and merge that alone")
    ]
  }

  /// Of other repositories of the work tree. One above this one or below it is an error.
  func ofOthers() -> [Finding] {
    roots { $0.isNew }.filter { $0 != prefix }.map { other in
      let isAround = other.hasPrefix(prefix) || prefix.hasPrefix(other)
      return Finding(
        .repositoryAdded, isAround ? .error : .warning,
        in: Self.relative(other + Paths.configuration, to: prefix),
        "\(base.name) has no repository in '\(place(other))': commands that run there use its "
          + "vault "
          + "and its policy")
    }
  }

  /// Folders whose keyvault.yaml changes so, with a slash at the end.
  private func roots(where isWanted: (Index.Change) -> Bool) -> [String] {
    changes.filter(isWanted).compactMap { change in
      let folder = change.path.dropLast(Paths.configuration.utf8.count)
      guard change.path.hasSuffix(Paths.configuration),
        folder.isEmpty || folder.hasSuffix("/")
      else { return nil }
      return String(folder)
    }
  }

  private func place(_ folder: String) -> String {
    folder.isEmpty ? "." : String(folder.dropLast()).printable(limit: 120)
  }

  /// A path of the work tree, as seen from the repository's root.
  static func relative(_ path: String, to prefix: String) -> String {
    path.hasPrefix(prefix)
      ? String(path.dropFirst(prefix.count))
      : prefix.split(separator: "/").map { _ in "../" }.joined() + path
  }
}
