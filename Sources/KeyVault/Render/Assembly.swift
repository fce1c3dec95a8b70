internal import Naming

/// Which entry gives which variable in one environment: its own entries, then what it inherits,
/// filled by variable. Nothing is decrypted for it.
public struct Assembly: Sendable {
  public struct Slot: Sendable {
    public let variable: String
    public let entry: Vault.Entry
    public let provider: Provider

    /// The variable that the key itself decides, once it is opened: its own kind's.
    func variable(of opened: OpenedEntry) -> String {
      let format = opened.payload.withKey(provider.format)
      // `variable` may rest on the preview, which anyone who can push can write.
      return opened.sidecar?.variable ?? format?.variables?.first ?? provider.variables.first
        ?? variable
    }
  }

  public let environment: String
  /// In the order of their entries, own ones first.
  public private(set) var slots: [Slot] = []
  /// What would have been a slot except for its sidecar.
  public private(set) var disabled: [Slot] = []
  /// Two entries of one environment that want the same variable.
  public private(set) var conflicts: [Clash] = []
  /// Entries that give nothing because of a fault: a broken sidecar, a provider that is not known.
  public private(set) var unusable: [(entry: Vault.Entry, failure: Failure)] = []

  public struct Clash: Sendable {
    public let variable: String
    public let first: EntryName
    public let second: EntryName

    /// In a sentence, and how to fix it.
    public var failure: Failure {
      Failure(
        .malformed, "'\(first)' and '\(second)' both give \(variable)",
        hints: [
          "give one of them its own variable: "
            + "\(Shell("keyvault set \(second) env=OTHER_NAME"))"
        ])
    }
  }

  /// Assembles `environment` from entries of the whole vault, by environment. `policy` says which of the
  /// repository's definitions of built-in providers count; with nil all do, for callers that judge them.
  /// Throws on a cycle of `inherit`.
  init(
    _ environment: String, of byEnvironment: [Name: [Vault.Entry]], in repository: Repository,
    by policy: OriginPolicy? = OriginPolicy(allowed: [])
  ) throws(Failure) {
    self.environment = environment
    var taken: Set<Name> = []
    for name in try repository.configuration.inheritance.order(from: environment) {
      var here: [Name: EntryName] = [:]
      for entry in byEnvironment[name] ?? [] {
        let slot: Slot
        do throws(Failure) {
          slot = try Self.slot(for: entry, in: repository, by: policy)
        } catch {
          unusable.append((entry, error))
          continue
        }
        if let first = here[slot.variable] {
          conflicts.append(
            Clash(variable: slot.variable, first: first, second: entry.name))
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

  /// The assembly from the vault's files: nothing of other environments is read.
  init(
    _ environment: String, in repository: Repository, by policy: OriginPolicy?
  ) throws(Failure) {
    let folders = Set(
      names: try repository.configuration.inheritance.order(from: environment))
    try self.init(
      environment, of: repository.vault.entries(of: folders), in: repository, by: policy)
  }

  /// Throws why the entry gives nothing.
  private static func slot(
    for entry: Vault.Entry, in repository: Repository, by policy: OriginPolicy?
  ) throws(Failure) -> Slot {
    if let fault = entry.fault { throw fault }
    guard let found = try repository.catalogue.provider(entry.provider) else {
      let name = entry.provider.printable(limit: 80)
      throw Failure(
        .malformed, "unknown provider '\(name)'",
        hints: ["set 'provider:' in \(entry.name.sidecarPath)"])
    }
    let provider = policy?.definition(found) ?? found
    return Slot(variable: entry.variable(of: provider), entry: entry, provider: provider)
  }

  /// Providers that `require` names and that have no key here.
  func missing(in repository: Repository) -> [String] {
    let present = Set(names: slots.map(\.provider.id))
    return repository.environment(environment).require.filter { !present.contains($0) }
  }
}

extension Assembly {
  /// What the folders of a vault give: worked out once for all environments that inherit them.
  final class Folders {
    private struct Gift {
      let variable: Name
      let entry: EntryName
      let provider: Name
      let isDisabled: Bool
    }

    private let entries: [Name: [Vault.Entry]]
    private let repository: Repository
    /// By folder, each variable once.
    private var gifts: [Name: [Gift]] = [:]

    init(_ entries: [Vault.Entry], in repository: Repository) {
      self.entries = Dictionary(grouping: entries) { Name($0.name.environment) }
      self.repository = repository
    }

    /// Providers that have a key in an environment: one that it renders, or one of its own that it does not.
    func providers(in environment: String) throws(Failure) -> Set<Name> {
      var taken: Set<Name> = []
      var providers = Set(names: (entries[environment] ?? []).map(\.provider))
      for folder in try repository.configuration.inheritance.order(from: environment) {
        for gift in gifts(of: folder)
        where taken.insert(gift.variable).inserted && !gift.isDisabled {
          providers.insert(gift.provider)
        }
      }
      return providers
    }

    /// Whether an environment renders an entry.
    func environment(_ environment: String, renders entry: EntryName) throws(Failure) -> Bool {
      let order = try repository.configuration.inheritance.order(from: environment)
      guard let end = order.firstIndex(of: entry.environment),
        let own = gifts(of: entry.environment).first(where: { $0.entry == entry }), !own.isDisabled
      else { return false }
      return !order[..<end].contains { folder in
        gifts(of: folder).contains { $0.variable == own.variable }
      }
    }

    private func gifts(of folder: String) -> [Gift] {
      if let known = gifts[folder] { return known }
      var taken: Set<Name> = []
      let found = (entries[folder] ?? []).compactMap { entry -> Gift? in
        guard let slot = try? Assembly.slot(for: entry, in: repository, by: nil),
          taken.insert(slot.variable).inserted
        else { return nil }
        return Gift(
          variable: Name(slot.variable), entry: entry.name, provider: Name(slot.provider.id),
          isDisabled: entry.sidecar?.isDisabled == true)
      }
      gifts[folder] = found
      return found
    }
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
