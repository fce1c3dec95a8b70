internal import Naming

/// What this machine knows of each entry's key: the last answer, for the gateway that would be
/// asked now.
struct KnownVerdicts: Sendable {
  /// By question, in the order in which they were answered.
  private var latest: [Name: LastVerdicts] = [:]
  private var clear: [Name: LastVerdicts] = [:]

  init(_ past: History.Past? = nil) {
    past?.records.forEach { add($0) }
  }

  mutating func add(_ result: TestResult) {
    guard result.digest != nil, !result.isCutShort else { return }
    add(History.Record(result))
  }

  private mutating func add(_ record: History.Record) {
    let question = record.question ?? ""
    latest[question, default: LastVerdicts()].add(record)
    if record.isClear { clear[question, default: LastVerdicts()].add(record) }
  }

  /// The last verdict that said whether the current key can be used at `gateway`, else the last of
  /// all: a provider that could not be reached since does not change it.
  func record(
    of entry: Vault.Entry, provider: Provider, gateway: String?, in vault: Vault
  ) -> History.Record? {
    let question = provider.question(through: gateway)
    return clear[question]?.record(of: entry, in: vault)
      ?? latest[question]?.record(of: entry, in: vault)
  }
}
