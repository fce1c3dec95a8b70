import ArgumentParser
import KeyVault
import Naming

extension CompletionKind {
  /// Names of entries of the repository that the shell is in.
  static var entries: CompletionKind {
    .custom { _, _, prefix in
      guard let surroundings = try? Surroundings(),
        let root = try? Repository.root(
          from: surroundings.workingFolder, owner: surroundings.owner),
        let entries = try? Repository(at: root).vault.allNames().sorted()
      else { return [] }
      let names = entries.map(\.path) + Set(names: entries.map(\.environment)).sortedTexts
      return names.filter { $0.hasPrefix(prefix) }
    }
  }
}
