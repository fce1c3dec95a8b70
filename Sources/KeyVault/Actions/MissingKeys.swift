internal import Naming

extension Selection {
  /// Keys that are not there.
  public struct Missing: Sendable {
    /// At most ``Limits/missingKeys``, required ones before others.
    public fileprivate(set) var results: [TestResult] = []
    /// How many required ones are not among them.
    public fileprivate(set) var omitted = 0
  }

  /// Whether there is nothing of it in the vault.
  public var isEmpty: Bool { entries.isEmpty && absent.isEmpty }

  /// Those that are checked out and the others; sorted.
  public var everything: [Vault.Entry] {
    absent.isEmpty ? entries : (entries + absent).sorted { $0.name < $1.name }
  }

  /// Of each entry that is not checked out, that it was not tested.
  public func leftOut(in repository: Repository, now: Timestamp) -> [TestResult] {
    absent.map { TestResult(leavingOut: $0, isRequired: repository.requires($0), now: now) }
  }

  /// Keys that are not there: what an environment requires (by its declaration, or `requiring`), and
  /// what another one has.
  public func notConfigured(
    in repository: Repository, requiring: [String] = [], everything: Bool = false, now: Timestamp
  ) throws(Failure) -> Missing {
    let elsewhere = Set(names: all.map(\.provider))
    let catalogue = everything ? Set(names: repository.catalogue.ids) : []
    let asked = Set(names: requiring)
    let folders = Assembly.Folders(all, in: repository)
    var missing = Missing()
    var others: [TestResult] = []
    for environment in environments {
      let required = asked.union(repository.environment(environment).require)
      let declared = repository.configuration.environments[environment] != nil
      guard declared || everything || !requiring.isEmpty else { continue }
      let present = try folders.providers(in: environment)
      func result(_ provider: Name, isRequired: Bool) -> TestResult {
        var result = TestResult(
          entry: "\(environment)/\(provider)", provider: provider.text, verdict: .notConfigured,
          checked: now)
        result.isRequired = isRequired
        result.next = "run '\(Shell("keyvault add \(environment)/\(provider)"))'"
        return result
      }
      func isChosen(_ provider: Name) -> Bool {
        providers?.contains(provider.text) ?? true || asked.contains(provider)
      }
      for provider in required.subtracting(present).sorted() where isChosen(provider) {
        guard missing.results.count < Limits.missingKeys else {
          missing.omitted += 1
          continue
        }
        missing.results.append(result(provider, isRequired: true))
      }
      guard others.count < Limits.missingKeys else { continue }
      let wanted = declared ? catalogue.union(elsewhere) : catalogue
      for provider in wanted.subtracting(present).subtracting(required).sorted()
      where isChosen(provider) && others.count < Limits.missingKeys {
        others.append(result(provider, isRequired: false))
      }
    }
    missing.results += others.prefix(Limits.missingKeys - missing.results.count)
    return missing
  }
}
