/// What this machine knows of each entry's key.
struct KnownVerdicts: Sendable {
  private var latest: [String: History.Record] = [:]
  private var clear: [String: History.Record] = [:]

  init(_ past: History.Past? = nil) {
    latest = past?.latest ?? [:]
    clear = past?.latestClear ?? [:]
  }

  mutating func add(_ result: TestResult) {
    guard result.digest != nil, !result.isCutShort else { return }
    let record = History.Record(result)
    latest[record.entry] = record
    if record.isClear { clear[record.entry] = record }
  }

  /// The last verdict that said whether the key which lies there now can be used, else the last at all:
  /// that a provider was not reached since takes nothing back.
  func record(of entry: Vault.Entry, in vault: Vault) -> History.Record? {
    let path = entry.name.path
    return vault.current(clear[path], of: entry) ?? vault.current(latest[path], of: entry)
  }
}
