/// What this machine knows of each entry's key: what it was told where one is to be asked now.
struct KnownVerdicts: Sendable {
  private struct Question: Hashable {
    let entry: String
    let question: String?

    init(_ record: History.Record) {
      entry = record.entry
      question = record.question
    }

    init(_ entry: Vault.Entry, _ provider: Provider, gateway: String?) {
      self.entry = entry.name.path
      question = provider.question(through: gateway)
    }
  }

  private var latest: [Question: History.Record] = [:]
  private var clear: [Question: History.Record] = [:]

  init(_ past: History.Past? = nil) {
    past?.records.forEach { add($0) }
  }

  mutating func add(_ result: TestResult) {
    guard result.digest != nil, !result.isCutShort else { return }
    add(History.Record(result))
  }

  private mutating func add(_ record: History.Record) {
    latest[Question(record)] = record
    if record.isClear { clear[Question(record)] = record }
  }

  /// The last verdict that said whether the key which lies there now can be used at `gateway`, else the
  /// last at all: that a provider was not reached since takes nothing back.
  func record(
    of entry: Vault.Entry, provider: Provider, gateway: String?, in vault: Vault
  ) -> History.Record? {
    let question = Question(entry, provider, gateway: gateway)
    return vault.current(clear[question], of: entry)
      ?? vault.current(latest[question], of: entry)
  }
}
