internal import Naming

/// What happened to entries, latest first: the changes that git has of them, and what providers said of their keys
/// on this machine. The document of `keyvault log`.
public struct Timeline: Sendable, Encodable {
  public enum Record: Sendable, Equatable {
    case change(EntryChange)
    case verdict(VerdictRun)
  }

  public let version = 1
  /// Whether the complete git history was there to read; if not, changes may begin earlier. nil if it was not read.
  public private(set) var isComplete: Bool?
  /// How many recorded verdicts this machine did not write, or no longer can vouch for; nothing else is read from
  /// them.
  public let ignored: Int
  public private(set) var records: [Record] = []
  /// Why there are verdicts alone, although changes were asked for; nil if there are changes.
  public private(set) var obstacle: Failure?
  /// Whether it is about a single entry, whatever names that had.
  let isOfOne: Bool

  private enum CodingKeys: String, CodingKey {
    case version
    case isComplete = "complete"
    case ignored, records
  }

  /// `arguments` are entries, which may be gone, or environments; empty for every entry. `verdicts` is nil where
  /// verdicts are not wanted. `program` is gpg, which knows who has which subkey.
  ///
  /// A verdict belongs to an entry if it was tested under that name, or if the entry holds or held the same key: it
  /// follows a key that is moved, copied or encrypted again. Throws if nothing is known of an argument.
  public init(
    of arguments: [String], verdicts past: History.Past?, changes readsChanges: Bool,
    in repository: Repository, program: GPGProgram?
  ) throws(Failure) {
    ignored = past?.foreign ?? 0
    let scope = try Scope(
      arguments, remembered: past?.records ?? [], mayBeGone: readsChanges, in: repository)
    isOfOne = scope.names.count == 1
    var lists: [[Record]] = []
    if readsChanges {
      do throws(Failure) {
        let log = try EntryLog(of: repository, program: program)
        lists = try Self.changes(of: scope, in: log).map { $0.map(Record.change) }
        isComplete = log.isComplete
      } catch {
        guard error.kind == .notFound, scope.unknown.isEmpty, past != nil else { throw error }
        obstacle = error
      }
    }
    if let past {
      let byEntry = Dictionary(grouping: scope.verdicts(of: past, in: repository)) {
        Name($0.entry)
      }
      lists += byEntry.sorted { $0.key < $1.key }
        .map { VerdictRun.runs(of: $0.value).reversed().map(Record.verdict) }
    }
    records = Self.merged(lists)
    guard !records.isEmpty else {
      throw obstacle ?? scope.nothing(readsChanges: readsChanges, ignored: ignored)
    }
  }

  /// Of each entry, latest first; what entries share is in the first alone. Throws for a name that git never had
  /// and that nothing else knows.
  private static func changes(of scope: Scope, in log: EntryLog) throws(Failure) -> [[EntryChange]]
  {
    var seen: Set<Name> = []
    var lists: [[EntryChange]] = []
    for name in scope.names {
      let changes = try log.changes(of: name)
      if changes.isEmpty, scope.unknown.contains(name) { throw scope.missing(name) }
      lists.append(changes.filter { seen.insert(Name("\($0.commit) \($0.entry)")).inserted })
    }
    return lists
  }

  /// One list of several, latest first. Within a list the order stays, whatever the clocks of its authors said.
  private static func merged(_ lists: [[Record]]) -> [Record] {
    var all: [(at: Timestamp, order: Int, record: Record)] = []
    for list in lists {
      var last: Timestamp?
      for record in list {
        let at = min(record.at, last ?? record.at)
        last = at
        all.append((at, all.count, record))
      }
    }
    return all.sorted { ($1.at, $0.record.rank, $0.order) < ($0.at, $1.record.rank, $1.order) }
      .map(\.record)
  }
}

extension Timeline.Record: Encodable {
  private enum CodingKeys: CodingKey { case kind }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .change(let change):
      try container.encode("change", forKey: .kind)
      try change.encode(to: encoder)
    case .verdict(let run):
      try container.encode("verdict", forKey: .kind)
      try run.encode(to: encoder)
    }
  }

  var at: Timestamp {
    switch self {
    case .change(let change): change.at
    case .verdict(let run): run.at
    }
  }

  /// The entry's name at the time.
  var entry: String {
    switch self {
    case .change(let change): change.entry
    case .verdict(let run): run.entry
    }
  }

  /// In the same second a key is changed first, and then tested; the latest is listed first.
  fileprivate var rank: Int {
    switch self {
    case .verdict: 0
    case .change: 1
    }
  }
}
