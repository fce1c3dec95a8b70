extension Folder {
  /// Gives `visit` the folder at `start` and each one below it, parents first, with what it holds; what
  /// `visit` answers decides whether the folders in it are entered. Paths are relative to this folder.
  ///
  /// Links are not followed, and folders whose names cannot be part of an entry's are not entered.
  /// `tooDeep` is given each folder whose subfolders are deeper than ``Limits/depth``.
  /// `unreadable` is given what cannot be
  /// listed, and may throw to end the walk. Throws if there are more than
  /// ``Limits/folders``, or more than ``Limits/names`` names in all of them.
  func walk(
    from start: String = "",
    unreadable: (String, FileError) throws(FileError) -> Void = {
      (_: String, error: FileError) throws(FileError) in throw error
    },
    tooDeep: (String) -> Void = { _ in },
    _ visit: (String, [Item], borrowing Folder) -> Bool
  ) throws(FileError) {
    let depth = start.utf8.isEmpty ? 0 : start.utf8.count { $0 == UInt8(ascii: "/") } + 1
    var left = Left()
    try folder(start).walk(start, depth, &left, unreadable, tooDeep, visit)
  }

  /// What a walk may still find.
  private struct Left {
    var folders = Limits.folders
    var names = Limits.names
  }

  private func walk(
    _ place: String, _ depth: Int, _ left: inout Left,
    _ unreadable: (String, FileError) throws(FileError) -> Void, _ tooDeep: (String) -> Void,
    _ visit: (String, [Item], borrowing Folder) -> Bool
  ) throws(FileError) {
    guard left.folders > 0 else {
      throw FileError(.tooManyFolders(limit: Limits.folders), path, 0)
    }
    left.folders -= 1
    let items: [Item]
    do throws(FileError) {
      items = try self.items()
    } catch {
      return try unreadable(place, error)
    }
    left.names -= items.count
    guard left.names >= 0 else {
      throw FileError(.tooManyFiles(limit: Limits.names), path, 0)
    }
    guard visit(place, items, self) else { return }
    let inner = items.filter(\.isEnvironment)
    guard depth < Limits.depth || inner.isEmpty else { return tooDeep(place) }
    for item in inner {
      let next = place.utf8.isEmpty ? item.name : "\(place)/\(item.name)"
      let below: Folder
      do throws(FileError) {
        below = try folder(item.name)
      } catch {
        try unreadable(next, error)
        continue
      }
      try below.walk(next, depth + 1, &left, unreadable, tooDeep, visit)
    }
  }
}
