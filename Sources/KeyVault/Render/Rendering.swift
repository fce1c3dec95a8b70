public import GPG
internal import Naming

/// An environment as the variables that a consumer reads.
public struct Rendering: Sendable {
  let repository: Repository
  let policy: OriginPolicy
  private let cache: WarmCache?

  /// Without `cache` every entry is decrypted each time.
  public init(repository: Repository, policy: OriginPolicy, cache: WarmCache? = nil) {
    self.repository = repository
    self.policy = policy
    self.cache = cache
  }

  /// Opens what `choice` wants of the environments: their variables by name, each once. Throws if a
  /// required key is missing, two entries want one variable, or an entry cannot be opened. `look` hears
  /// of what was opened, and `warn` of each base URL that is left out, with what permits it.
  public func variables(
    of environments: [String], choosing choice: VariableChoice = .all, gpg: GPG,
    look: ([OpenedEntry]) -> Void = { _ in }, warn: (Failure) -> Void = { _ in }
  ) async throws(Failure) -> [Variable] {
    let orders = try environments.map { environment throws(Failure) in
      try repository.configuration.inheritance.order(from: environment)
    }
    let folders = Set(names: orders.joined())
    repository.memory?.prepare()
    // What one entry needs is one decryption, and no other key in memory.
    let cache = choice.isOfOne ? nil : cache
    // gpg is busy with what was kept while the sidecars are read.
    async let kept = kept(of: environments, in: folders, by: cache, gpg: gpg)
    let (all, slots) = try slots(of: environments, in: folders, choosing: choice)
    let contents = try await kept.get()
    let opened =
      if let contents {
        try await open(slots.map(\.slot), from: contents, gpg: gpg)
      } else {
        try await open(slots.map(\.slot), gpg: gpg)
      }
    // One entry needs one decryption in any case.
    if let cache, all.count > 1, Set(opened.map(\.name)) == all,
      !(contents?.hold(opened) ?? false)
    {
      _ = await BlockingWork.run { [repository] in
        cache.keep(opened, of: environments, in: folders, of: repository, with: gpg)
      }
    }
    look(opened)
    var variables: [Variable] = []
    var addresses: [Address] = []
    var refused: [(address: Refused, isWanted: Bool)] = []
    for ((environment, slot), entry) in zip(slots, opened) {
      variables += self.variables(of: slot, entry).filter { choice.wants($0.name, of: slot) }
      switch try baseURL(of: slot, entry, in: environment) {
      case .success(let base?) where choice.wants(base.variable.name, of: slot):
        addresses.append(base)
      case .failure(let base): refused.append((base, choice.wants(base.variable, of: slot)))
      default: break
      }
    }
    // A program sends every key of a provider to the address that it finds: where one of them may not be sent
    // there, the address that another entry would set is left out too.
    let barred = Set(names: refused.map(\.address.variable))
    addresses.removeAll { barred.contains($0.variable.name) }
    let fitting = fitting(variables, with: addresses)
    variables = fitting.variables
    refused += fitting.refused.map { ($0, true) }
    try NameGate(in: repository, prefix: choice.prefix).check(variables)
    let result = try Self.checked(variables.map { $0.prefixed(choice.prefix) })
    Self.warnings(of: refused.filter(\.isWanted).map(\.address)).forEach(warn)
    return result
  }

  /// Every entry that gives something, and what must be opened of them, with the environment that it is
  /// rendered for.
  private func slots(
    of environments: [String], in folders: Set<Name>, choosing choice: VariableChoice
  ) throws(Failure) -> (
    all: Set<EntryName>, wanted: [(environment: String, slot: Assembly.Slot)]
  ) {
    let entries = try repository.vault.entries(of: folders)
    var slots: [(environment: String, slot: Assembly.Slot)] = []
    var required: [String] = []
    for environment in environments {
      let assembly = try assembled(environment, of: entries, choosing: choice)
      slots += assembly.slots.map { (environment, $0) }
      required += repository.environment(environment).require
    }
    try choice.checkNames(against: slots.map(\.slot), required: required)
    let places = environments.map { "'\($0)'" }.joined(separator: " and ")
    let wanted = slots.filter { choice.mayWant($0.slot) }
    guard !wanted.isEmpty else {
      throw Failure(.nothingToDo, "nothing to render in \(places)")
    }
    guard wanted.count <= Limits.opened else {
      throw Failure(
        .malformed,
        "\(places) has \(wanted.count) entries to open, and one command opens at most \(Limits.opened)",
        hints: ["name those that you need with --only, --except or --capability"])
    }
    return (Set(slots.map(\.slot.entry.name)), wanted)
  }

  private func assembled(
    _ environment: String, of entries: [Name: [Vault.Entry]], choosing choice: VariableChoice
  ) throws(Failure) -> Assembly {
    try repository.vault.checkIsComplete(
      repository.configuration.inheritance.order(from: environment))
    let assembly = try Assembly(environment, of: entries, in: repository, by: policy)
    if let conflict = assembly.conflicts.first { throw conflict.failure }
    if let (entry, failure) = assembly.unusable.first {
      throw Failure(
        .malformed, "'\(entry.name)' cannot be rendered: \(failure.message)", hints: failure.hints)
    }
    let missing = assembly.missing(in: repository)
      .filter { choice.misses($0, in: repository.catalogue) }
    guard missing.isEmpty else {
      throw Failure(
        .findings,
        "'\(environment)' lacks a required key: \(missing.joined(separator: ", "))",
        hints: missing.map { "run '\(Shell("keyvault add \(environment)/\($0)"))'" })
    }
    return assembly
  }

  private func kept(
    of environments: [String], in folders: Set<Name>, by cache: WarmCache?,
    gpg: GPG
  ) async -> Result<WarmCache.Contents?, Failure> {
    guard let cache else { return .success(nil) }
    return await BlockingWork.run { [repository] in
      Result { () throws(Failure) in
        try cache.open(environments, in: folders, of: repository, with: gpg)
      }
    } ?? .success(nil)
  }

  /// Opens entries for most of which gpg is not needed any more.
  private func open(
    _ slots: [Assembly.Slot], from contents: WarmCache.Contents, gpg: GPG
  ) async throws(Failure) -> [OpenedEntry] {
    let vault = repository.vault
    let signatures = await SignatureGate.made(for: slots.map(\.entry), in: repository)
    let results = await BlockingWork.run {
      concurrentMap(slots.count) { index in
        Result { () throws(Failure) in
          try vault.open(
            slots[index].entry, requiring: .signed, with: gpg, by: signatures, from: contents)
        }
      }
    }
    guard let results else { throw Self.interruption }
    return try results.map { result throws(Failure) in try result.get() }
  }

  private func open(
    _ slots: [Assembly.Slot], gpg: GPG
  ) async throws(Failure) -> [OpenedEntry] {
    let vault = repository.vault
    let signatures = await SignatureGate.made(for: slots.map(\.entry), in: repository)
    let results = await withTaskGroup(of: (Int, Result<OpenedEntry, Failure>?).self) { group in
      for (index, slot) in slots.enumerated() {
        group.addTask {
          let result = await BlockingWork.run {
            Result { () throws(Failure) in
              try vault.open(slot.entry, requiring: .signed, with: gpg, by: signatures)
            }
          }
          return (index, result)
        }
      }
      var results = [Result<OpenedEntry, Failure>?](repeating: nil, count: slots.count)
      for await (index, result) in group { results[index] = result }
      return results
    }
    return try results.map { result throws(Failure) in
      // Without a result its turn never came, because the task was cancelled.
      guard let result else { throw Self.interruption }
      return try result.get()
    }
  }

  private static var interruption: Failure {
    Failure(.io, "interrupted: not every key was opened")
  }

  private func variables(of slot: Assembly.Slot, _ entry: OpenedEntry) -> [Variable] {
    let origin = entry.name.path
    let name = slot.variable(of: entry)
    var variables = [Variable(name: name, value: .key(entry), origin: origin)]
    for field in slot.provider.fields where entry.payload.fieldNames.contains(field.name) {
      guard let name = field.variable else { continue }
      variables.append(Variable(name: name, value: .field(entry, field.name), origin: origin))
    }
    return variables
  }

  /// Each name once; equal base URLs do not conflict.
  private static func checked(_ variables: [Variable]) throws(Failure) -> [Variable] {
    var seen: [Name: Variable] = [:]
    var result: [Variable] = []
    for variable in variables {
      if let first = seen[variable.name] {
        if first.isSame(as: variable) { continue }
        throw Failure(
          .malformed, "'\(first.origin)' and '\(variable.origin)' both give \(variable.name)",
          hints: [
            "give one of them its own variable: "
              + "\(Shell("keyvault set \(variable.origin) env=OTHER_NAME"))"
          ]
        )
      }
      seen[variable.name] = variable
      result.append(variable)
    }
    return result.sorted { $0.name < $1.name }
  }
}
