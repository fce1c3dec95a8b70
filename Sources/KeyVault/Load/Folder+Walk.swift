extension Folder {
  /// Gives `visit` the folder at `start` and each one below it, parents first, with what it holds; what
  /// `visit` answers decides whether the folders in it are entered. Paths are relative to this folder.
  ///
  /// Links are not followed, and folders whose names can be no part of an entry's are not entered. `tooDeep` is given
  /// each folder whose own folders lie deeper than ``Limits/depth``. `unreadable` is given what cannot be
  /// listed, and may throw to end the walk. Throws if there are more than ``Limits/folders``.
  func walk(
    from start: String = "",
    unreadable: (String, FileError) throws(FileError) -> Void = {
      (_: String, error: FileError) throws(FileError) in throw error
    },
    tooDeep: (String) -> Void = { _ in },
    _ visit: (String, [Item], borrowing Folder) -> Bool
  ) throws(FileError) {
    let depth = start.utf8.isEmpty ? 0 : start.utf8.count { $0 == UInt8(ascii: "/") } + 1
    var left = Limits.folders
    try folder(start).walk(start, depth, &left, unreadable, tooDeep, visit)
  }

  private func walk(
    _ place: String, _ depth: Int, _ left: inout Int,
    _ unreadable: (String, FileError) throws(FileError) -> Void, _ tooDeep: (String) -> Void,
    _ visit: (String, [Item], borrowing Folder) -> Bool
  ) throws(FileError) {
    guard left > 0 else {
      throw FileError(.tooManyFolders(limit: Limits.folders), path, 0)
    }
    left -= 1
    let items: [Item]
    do throws(FileError) {
      items = try self.items()
    } catch {
      return try unreadable(place, error)
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
