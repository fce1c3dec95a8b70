import ArgumentParser
import KeyVault

extension CompletionKind {
  /// Names of entries of the repository that the shell is in.
  static var entries: CompletionKind {
    .custom { _, _, prefix in
      guard let surroundings = try? Surroundings(),
        let root = try? Repository.root(
          from: surroundings.workingFolder, owner: surroundings.owner),
        let entries = try? Repository(at: root).vault.entries()
      else { return [] }
      let names = entries.map(\.name.path) + Set(entries.map(\.name.environment)).sorted()
      return names.filter { $0.hasPrefix(prefix) }
    }
  }
}
