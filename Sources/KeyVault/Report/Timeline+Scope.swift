internal import Naming

extension Timeline {
  /// Which entries a timeline is about.
  struct Scope {
    /// Sorted, each once.
    let names: [EntryName]
    /// Those that are neither in the vault nor remembered: git may know them.
    let unknown: Set<EntryName>
    private let arguments: [String]
    private let present: [EntryName]

    /// `mayBeGone` lets arguments name entries that only git knows. Throws for another argument that is neither an
    /// entry nor an environment.
    init(
      _ arguments: [String], remembered: [History.Record], mayBeGone: Bool,
      in repository: Repository
    ) throws(Failure) {
      self.arguments = arguments
      present = try repository.vault.allNames()
      let known = Set(present).union(
        Set(names: remembered.map(\.entry)).compactMap { EntryName(found: $0.text) })
      guard !arguments.isEmpty else {
        names = known.sorted()
        unknown = []
        return
      }
      var chosen: Set<EntryName> = []
      var gone: Set<EntryName> = []
      for argument in arguments {
        let folder = argument.hasSuffix("/") ? argument : argument + "/"
        if let entry = known.first(where: { $0.path == argument }) {
          chosen.insert(entry)
          continue
        }
        let inside = known.filter { $0.path.hasPrefix(folder) }
        if !inside.isEmpty {
          chosen.formUnion(inside)
        } else if mayBeGone, folder != argument {
          gone.insert(try EntryName(argument))
        } else {
          _ = try Selection([argument], in: repository)
        }
      }
      names = chosen.union(gone).sorted()
      unknown = gone
    }

    /// The records about these entries' keys, in the order of the tests.
    func verdicts(of past: History.Past, in repository: Repository) -> [History.Record] {
      guard !arguments.isEmpty, !past.records.isEmpty else { return past.records }
      let vault = repository.vault
      let wanted = Set(names: names.map(\.path))
      var keys = Set(
        names: past.records.filter { wanted.contains($0.entry) }.compactMap(\.key))
      for name in names {
        guard let digest = vault.digest(of: name) ?? vault.absentDigest(of: name),
          let code = repository.memory?.code(of: name, digest: digest)
        else { continue }
        keys.insert(Name(code))
      }
      return past.records.filter { record in
        wanted.contains(record.entry) || record.key.map { keys.contains($0) } == true
      }
    }

    /// That git never had such an entry.
    func missing(_ name: EntryName) -> Failure {
      let close = Suggestion.closest(to: name.path, among: present.map(\.path))
      return Failure(
        .notFound, "git history has no entry '\(name)'",
        hints: [close.map { "did you mean '\($0)'?" } ?? "'keyvault ls' shows every entry"])
    }

    /// That there is nothing to tell.
    func nothing(readsChanges: Bool, ignored: Int) -> Failure {
      guard readsChanges else {
        let others = ignored == 0 ? "" : "; " + Timeline.text(ignored: ignored)
        return Failure(
          .nothingToDo, "this machine has no verdict of that" + others,
          hints: ["run 'keyvault test'"])
      }
      guard let name = names.first else { return Failure(.nothingToDo, "there is no entry") }
      return Failure(
        .notFound, "git history has no entry '\(name)'", hints: ["it is not committed yet"])
    }
  }
}
