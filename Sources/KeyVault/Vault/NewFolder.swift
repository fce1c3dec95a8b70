internal import Naming

/// A folder of the vault that a command would make, because none has that name.
public struct NewFolder: Sendable {
  /// The first folder of the path that is not there.
  public let path: String
  /// One that is there and has almost this name; nil if there is none.
  public let near: String?
  /// Whether the vault has no folder at all.
  public let isFirst: Bool

  /// nil where the folder is there, or keyvault.yaml declares it.
  public init?(_ folder: String, in repository: Repository) {
    let vault = repository.vault
    let declared = repository.configuration.environments
    guard !folder.isEmpty, declared[folder] == nil, !vault.hasFolder(folder) else { return nil }
    let known = ((try? vault.folders()) ?? []) + declared.sortedKeys
    isFirst = known.allSatisfy(\.isEmpty)
    var parent = ""
    var missing = folder
    for part in folder.split(separator: "/") {
      let next = parent.isEmpty ? String(part) : "\(parent)/\(part)"
      guard vault.hasFolder(next) else {
        missing = next
        break
      }
      parent = next
    }
    path = missing
    let start = parent.isEmpty ? "" : parent + "/"
    let siblings = known.filter { $0.hasPrefix(start) }
      .compactMap { $0.dropFirst(start.count).split(separator: "/").first.map(String.init) }
    near = Suggestion.closest(to: String(missing.dropFirst(start.count)), among: siblings)
      .map { start + $0 }
  }

  /// `'prodction' is a new folder of the vault`.
  public var message: String { "'\(path)' is a new folder of the vault" }
}
