public import Naming

/// What a command is about: entries, and the environments whose lack of keys matters.
public struct Selection: Sendable {
  /// Those that are checked out; sorted, each once.
  public private(set) var entries: [Vault.Entry]
  /// The others: git has them, and a sparse checkout leaves them out. Sorted, each once.
  public private(set) var absent: [Vault.Entry]
  /// Environments that were asked for, by name or as all.
  public private(set) var environments: [String]
  /// Paths of entries that were named one by one.
  public private(set) var named: Set<Name> = []
  /// The providers that matter; nil for all.
  private(set) var providers: Set<Name>?
  /// Every entry of the vault, checked out or not.
  public let all: [Vault.Entry]

  /// `arguments` are entries (`production/openai`), environments (a folder with all below it), or
  /// nothing, for everything. `x` is the entry where there is one, `x/` is always the folder.
  public init(_ arguments: [String], in repository: Repository) throws(Failure) {
    let present = try repository.vault.entries()
    let left = try repository.vault.absentEntries()
    all = present + left
    let known = Self.environments(all.map(\.name.environment), in: repository)
    guard !arguments.isEmpty else {
      entries = present
      absent = left
      environments = known
      return
    }
    var chosen: Set<EntryName> = []
    var folders: Set<Name> = []
    for argument in arguments {
      if let entry = all.first(where: { $0.name.path == argument }) {
        chosen.insert(entry.name)
        named.insert(argument)
        continue
      }
      let folder = argument.hasSuffix("/") ? String(argument.dropLast()) : argument
      if EntryName.objection(to: folder) != nil {
        throw Self.missing(argument, known: known + all.map(\.name.path))
      }
      let below = known.filter { $0 == folder || $0.hasPrefix(folder + "/") }
      guard !below.isEmpty || repository.vault.hasFolder(folder) else {
        throw Self.missing(argument, known: known + all.map(\.name.path))
      }
      folders.formUnion(below)
      let inside = all.filter { $0.name.path.hasPrefix(folder + "/") }
      chosen.formUnion(inside.map(\.name))
    }
    entries = present.filter { chosen.contains($0.name) }
    absent = left.filter { chosen.contains($0.name) }
    environments = folders.sortedTexts
  }

  /// Folders that directly hold an entry, and declared environments.
  static func environments(
    _ folders: some Sequence<String>, in repository: Repository
  ) -> [String] {
    Set(names: folders)
      .union(repository.configuration.environments.keys)
      .subtracting([""] as Set<Name>)
      .sortedTexts
  }

  /// Checks that `name` is exactly one environment: a folder of entries, or a declared one.
  public static func environment(
    _ name: String, in repository: Repository
  ) throws(Failure) -> String {
    let folder = name.hasSuffix("/") ? String(name.dropLast()) : name
    let names = try repository.vault.allNames()
    let known = environments(names.map(\.environment), in: repository)
    if let entry = names.first(where: { $0.path == name }), !known.contains(folder) {
      throw Failure(
        .usage, "'\(entry)' is an entry, not an environment",
        hints: ["its environment is '\(entry.environment)'"])
    }
    guard known.contains(folder) else { throw missing(name, known: known) }
    return folder
  }

  private static func missing(_ argument: String, known: [String]) -> Failure {
    let hint =
      Suggestion.closest(to: argument, among: known).map { "did you mean '\($0)'?" }
      ?? "'keyvault ls' shows every entry and environment"
    return Failure(
      .nothingToDo, "no environment or entry '\(argument.printable(limit: 120))'", hints: [hint])
  }

  /// The selection with keys of these providers alone.
  public func narrowed(to providers: Set<Name>) -> Selection {
    var narrowed = self
    narrowed.entries = entries.filter { providers.contains($0.provider) }
    narrowed.absent = absent.filter { providers.contains($0.provider) }
    narrowed.providers = providers
    return narrowed
  }
}
