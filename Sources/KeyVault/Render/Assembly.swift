/// Which entry gives which variable in one environment: its own entries, then what it inherits,
/// filled by variable. Nothing is decrypted for it.
public struct Assembly: Sendable {
  public struct Slot: Sendable {
    public let variable: String
    public let entry: Vault.Entry
    public let provider: Provider
    /// Whose names of variables count: the provider's, or the built-in one's where a file that changes
    /// them is not trusted.
    let naming: Provider

    /// The variable that the key itself decides, once it is opened: its own kind's.
    func variable(of opened: OpenedEntry) -> String {
      let format = opened.payload.withKey(naming.format)
      return opened.sidecar?.variable ?? format?.variables?.first ?? variable
    }
  }

  public let environment: String
  /// In the order of their entries, own ones first.
  public private(set) var slots: [Slot] = []
  /// What would have been a slot but for its sidecar.
  public private(set) var disabled: [Slot] = []
  /// Two entries of one environment that want the same variable.
  public private(set) var conflicts: [Conflict] = []
  /// Entries that give nothing because of a fault: a broken sidecar, a provider that is not known.
  public private(set) var unusable: [(entry: Vault.Entry, failure: Failure)] = []
  private let policy: OriginPolicy

  public struct Conflict: Sendable {
    public let variable: String
    public let first: EntryName
    public let second: EntryName

    /// In a sentence, and how to mend it.
    public var failure: Failure {
      Failure(
        .malformed, "'\(first)' and '\(second)' both give \(variable)",
        hints: ["give one of them its own variable: keyvault set \(second) env=OTHER_NAME"])
    }
  }

  /// Assembles `environment` from entries of the whole vault, by environment. `policy` says which files
  /// may change the variables of a built-in provider. Throws on a cycle of `inherit`.
  init(
    _ environment: String, of byEnvironment: [String: [Vault.Entry]], in repository: Repository,
    policy: OriginPolicy = OriginPolicy(allowed: [])
  ) throws(Failure) {
    self.environment = environment
    self.policy = policy
    var taken: Set<String> = []
    for name in try Self.order(from: environment, in: repository) {
      var here: [String: EntryName] = [:]
      for entry in byEnvironment[name] ?? [] {
        guard let slot = slot(for: entry, in: repository) else { continue }
        if let first = here[slot.variable] {
          conflicts.append(
            Conflict(variable: slot.variable, first: first, second: entry.name))
          continue
        }
        here[slot.variable] = entry.name
        guard taken.insert(slot.variable).inserted else { continue }
        // A disabled entry gives nothing, and hides what would be inherited.
        if entry.sidecar?.isDisabled == true {
          disabled.append(slot)
        } else {
          slots.append(slot)
        }
      }
    }
  }

  /// The same from what lies in the vault: nothing of other environments is read.
  init(
    _ environment: String, in repository: Repository,
    policy: OriginPolicy = OriginPolicy(allowed: [])
  ) throws(Failure) {
    let folders = Set(try Self.order(from: environment, in: repository))
    try self.init(
      environment, of: repository.vault.entries(of: folders), in: repository, policy: policy)
  }

  private mutating func slot(for entry: Vault.Entry, in repository: Repository) -> Slot? {
    if let fault = entry.fault {
      unusable.append((entry, fault))
      return nil
    }
    do throws(Failure) {
      guard let provider = try repository.catalogue.provider(entry.provider) else {
        let name = entry.provider.printable(limit: 80)
        let failure = Failure(
          .malformed, "no provider '\(name)' is known",
          hints: ["set 'provider:' in \(entry.name.sidecarPath)"])
        unusable.append((entry, failure))
        return nil
      }
      let naming = policy.naming(provider)
      let variable = entry.variable(of: naming)
      return Slot(variable: variable, entry: entry, provider: provider, naming: naming)
    } catch {
      unusable.append((entry, error))
      return nil
    }
  }

  /// The environment itself and all that it inherits, in the order in which they fill.
  static func order(
    from environment: String, in repository: Repository
  ) throws(Failure) -> [String] {
    var order: [String] = []
    func visit(_ name: String, path: [String]) throws(Failure) {
      guard !path.contains(name) else {
        throw Failure(
          .malformed,
          "environments inherit from each other in a circle: "
            + (path + [name]).joined(separator: " → "))
      }
      if order.contains(name) { return }
      order.append(name)
      for next in repository.environment(name).inherit { try visit(next, path: path + [name]) }
    }
    try visit(environment, path: [])
    return order
  }

  /// Providers that `require` names and that have no key here.
  func missing(in repository: Repository) -> [String] {
    let present = Set(slots.map(\.provider.id))
    return repository.environment(environment).require.filter { !present.contains($0) }
  }
}

extension Repository {
  /// Entries of an environment that want the same variable, each pair in a sentence.
  public func conflicts(in environment: String) throws(Failure) -> [Failure] {
    try Assembly(environment, of: vault.entriesByEnvironment(), in: self).conflicts.map(\.failure)
  }
}

extension Vault.Entry {
  /// The variable that this entry gives: its own, else its kind of key's, else the provider's. The
  /// kind is read from the preview, since nothing is decrypted here.
  func variable(of provider: Provider) -> String {
    if let own = sidecar?.variable { return own }
    let preview = sidecar?.preview ?? ""
    let format = provider.formats.first { !$0.prefix.isEmpty && preview.hasPrefix($0.prefix) }
    return format?.variables?.first ?? provider.variables.first ?? ""
  }
}

extension OriginPolicy {
  /// The definition whose names of variables count: a repository's file for a built-in provider decides
  /// under which names that provider's keys are rendered only where it is trusted.
  func naming(_ provider: Provider) -> Provider {
    guard provider.source.changesNames, !trusts(provider) else { return provider }
    return Catalogue.builtIn(provider.id) ?? provider
  }
}
