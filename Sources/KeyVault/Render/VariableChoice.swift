internal import Naming

/// Which of an environment's variables to use, and the prefix of their names.
public struct VariableChoice: Sendable {
  /// Providers, entries or variables; nil for all.
  private let only: Set<Name>?
  private let except: Set<Name>
  private let capabilities: Set<Name>
  let prefix: String

  public static let all = VariableChoice()

  /// `only` and `except` name a provider, an entry's path or a variable without its `prefix`; empty
  /// is all, and none. Throws a usage failure for an unknown capability.
  public init(
    only: [String] = [], except: [String] = [], capabilities: [String] = [], prefix: String = ""
  ) throws(Failure) {
    for name in capabilities where !Provider.everyCapability.contains(name) {
      let close = Suggestion.closest(to: name, among: Provider.everyCapability)
      throw Failure(
        .usage, "unknown capability '\(name.printable(limit: 80))'",
        hints: [close.map { "did you mean '\($0)'?" } ?? "'keyvault providers' shows all"])
    }
    self.only = only.isEmpty ? nil : Set(names: only)
    self.except = Set(names: except)
    self.capabilities = Set(names: capabilities)
    self.prefix = prefix
  }

  private init() {
    (only, except, capabilities, prefix) = (nil, [], [], "")
  }

  /// Whether one name alone is wanted, which is hardly more than one entry.
  var isOfOne: Bool { only?.count == 1 }

  /// Whether an entry must be opened: it is wanted itself, or perhaps one of its variables.
  func mayWant(_ slot: Assembly.Slot) -> Bool {
    guard canDo(slot.provider), except.isDisjoint(with: slot.names) else { return false }
    guard let only else { return true }
    return !only.isDisjoint(with: slot.names) || !only.isDisjoint(with: slot.possibleVariables)
  }

  /// Whether a variable of an entry that was opened is wanted.
  func wants(_ variable: String, of slot: Assembly.Slot) -> Bool {
    guard mayWant(slot), !except.contains(variable) else { return false }
    guard let only else { return true }
    return only.contains(variable) || !only.isDisjoint(with: slot.names)
  }

  /// Whether a required provider's key is missed by this choice.
  func misses(_ provider: String, in catalogue: Catalogue) -> Bool {
    guard only?.contains(provider) != false, !except.contains(provider) else { return false }
    return capabilities.isEmpty
      || (try? catalogue.provider(provider)).flatMap(\.self).map(canDo) != false
  }

  private func canDo(_ provider: Provider) -> Bool {
    capabilities.isEmpty || provider.capabilities.contains { capabilities.contains($0) }
  }

  /// Throws if a name fits nothing: a slip would leave out a key, or let one through.
  func checkNames(against slots: [Assembly.Slot], required: [String]) throws(Failure) {
    let known = Set(names: slots.flatMap { $0.names + $0.possibleVariables } + required)
    for name in (only ?? []).union(except).sorted() where !known.contains(name) {
      let close = Suggestion.closest(to: name.text, among: known.sortedTexts)
      throw Failure(
        .usage, "no provider, entry or variable '\(name.printable(limit: 80))' is rendered here",
        hints: [
          close.map { "did you mean '\($0)'?" }
            ?? "there are \(slots.map(\.entry.name.path).joined(separator: ", "))"
        ])
    }
  }
}

extension Assembly.Slot {
  /// By which a person means all of it.
  fileprivate var names: [String] { [provider.id, entry.name.path] }

  /// What it may give; the key's own kind is known only when it is open.
  fileprivate var possibleVariables: [String] {
    [variable] + provider.formats.flatMap { $0.variables ?? [] }
      + provider.fields.compactMap(\.variable) + [provider.baseURLVariable].compactMap(\.self)
  }
}
