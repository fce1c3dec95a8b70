internal import Naming
internal import YAML

/// Which entry gives which variable, by a change and by its base. An entry that goes, or that says another
/// kind of key, lets an inherited one take its place, and no line of the change names that one.
struct SourceChanges {
  let repository: Repository
  let base: SteeringBase

  private struct Gift {
    let variable: String
    let entry: EntryName
    let isDisabled: Bool
  }

  /// By folder, or by environment.
  private typealias Gifts = [Name: [Gift]]

  func findings(_ places: [ChangedPlace]) throws(Failure) -> [Finding] {
    let changed = Set(names: places.map(\.name.environment))
    let configurations = (base.configuration, repository.configuration)
    let environments = Set(configurations.0.environments.keys)
      .union(configurations.1.environments.keys).union(changed).subtracting([""] as Set<Name>)
    var affected: [(name: String, before: [String], now: [String])] = []
    var steps = 0
    for name in environments.sortedTexts {
      // A circle is a finding of its own.
      guard let before = try? configurations.0.inheritance.order(from: name),
        let now = try? configurations.1.inheritance.order(from: name),
        (before + now).contains(where: { changed.contains($0) })
      else { continue }
      steps += before.count + now.count
      guard steps <= Limits.sourceSteps else { throw tooMany }
      affected.append((name, before, now))
    }
    guard !affected.isEmpty else { return [] }
    let folders = Set(names: affected.flatMap { $0.before + $0.now })
    let (before, now) = try gifts(of: folders, places)
    for environment in affected {
      steps += environment.before.reduce(0) { $0 + (before[$1]?.count ?? 0) }
      steps += environment.now.reduce(0) { $0 + (now[$1]?.count ?? 0) }
      guard steps <= Limits.sourceSteps else { throw tooMany }
    }
    return affected.flatMap { environment in
      changes(
        in: environment.name, from: Self.effect(environment.before, before),
        to: Self.effect(environment.now, now))
    }
  }

  /// Environments that inherit from each other in a long chain see each entry again and again.
  private var tooMany: Failure {
    Failure(
      .inconclusive,
      "which entry gives which variable cannot be compared with \(base.name): environments inherit "
        + "more than \(Limits.sourceSteps) times from folders that change",
      hints: ["let fewer environments inherit, or make the change in smaller parts"])
  }

  private func changes(
    in environment: String, from before: [Name: Gift], to now: [Name: Gift]
  ) -> [Finding] {
    now.sorted { $0.key < $1.key }.compactMap { variable, gift in
      // What the same entry gives is judged where it changes.
      guard !gift.isDisabled, let old = before[variable], old.entry != gift.entry else {
        return nil
      }
      let isThere = !repository.vault.files(of: old.entry).isEmpty
      let was = old.isDisabled ? "was hidden by the disabled" : "was that of"
      return Finding(
        .sourceChanged, base.severity(),
        in: isThere ? old.entry.sidecarPath : old.entry.ciphertextPath,
        "in environment '\(environment.printable(limit: 80))' '\(variable.printable(limit: 80))' is "
          + "the key of '\(gift.entry)', \(was) '\(old.entry)' in \(base.name)")
    }
  }

  /// What an environment renders, and what it hides.
  private static func effect(_ order: [String], _ gifts: Gifts) -> [Name: Gift] {
    var effect: [Name: Gift] = [:]
    for gift in order.flatMap({ gifts[$0] ?? [] }) where effect[gift.variable] == nil {
      effect[gift.variable] = gift
    }
    return effect
  }

  /// By folder: of the base and of the change. What did not change is read once.
  private func gifts(
    of folders: Set<Name>, _ places: [ChangedPlace]
  ) throws(Failure) -> (before: Gifts, now: Gifts) {
    var present = try repository.vault.entries(of: folders)
    for entry in try repository.vault.absentEntries()
    where folders.contains(entry.name.environment) {
      present[entry.name.environment, default: []].append(entry)
    }
    let changed = places.map(\.name).filter {
      folders.contains($0.environment) && base.snapshot.files[$0.ciphertextPath] != nil
    }
    let sidecars = try base.snapshot.read(changed.map(\.sidecarPath))
    let past = Dictionary(
      grouping: zip(changed, sidecars).map { Vault.Entry($0, sidecar: $1) },
      by: { Name($0.name.environment) })
    let isChanged = Set(places.map(\.name))
    // Thousands of entries have a few providers among them.
    var providers: [Name: Provider?] = [:]
    func provider(_ id: String) -> Provider? {
      if let known = providers[id] { return known }
      let provider = base.definition(of: id)
        .map { Provider($0, source: Provider.source(of: $0, id: id)) }
      providers[id] = .some(provider)
      return provider
    }
    var before: Gifts = [:]
    var now: Gifts = [:]
    for folder in folders {
      let entries = (present[folder] ?? []).sorted { $0.name < $1.name }
      let old = entries.filter { !isChanged.contains($0.name) } + (past[folder] ?? [])
      now[folder] = Self.gifts(entries) { id in (try? repository.catalogue.provider(id)) ?? nil }
      before[folder] = Self.gifts(old.sorted { $0.name < $1.name }, provider)
    }
    return (before, now)
  }

  private static func gifts(
    _ entries: [Vault.Entry], _ provider: (String) -> Provider?
  ) -> [Gift] {
    let policy = OriginPolicy(allowed: [])
    return entries.compactMap { entry in
      guard entry.fault == nil, let provider = provider(entry.provider) else { return nil }
      return Gift(
        variable: entry.variable(of: policy.definition(provider)), entry: entry.name,
        isDisabled: entry.sidecar?.isDisabled == true)
    }
  }
}

extension Vault.Entry {
  /// As a commit has it; `sidecar` is the bytes of its sidecar, where there is one.
  init(_ name: EntryName, sidecar bytes: [UInt8]?) {
    guard let bytes else {
      self.init(name: name, sidecar: nil, fault: nil)
      return
    }
    switch CheckedDocument.read(bytes, as: .entry, file: name.sidecarPath) {
    case .failure(let malformed): self.init(name: name, sidecar: nil, fault: malformed.failure)
    case .success(let checked): self.init(name: name, sidecar: Sidecar(checked), fault: nil)
    }
  }
}
