internal import Dispatch
internal import Naming
internal import Synchronization

/// What this machine knows of the entries that it opened: the highest serial of each place, the
/// ciphertext that had it, and the commit that was checked out. They reveal an entry that was
/// rolled back, however well its files fit each other. The signed lists are remembered beside them.
///
/// Nothing is read before it is needed, and what is new is written by one ``save()``.
public final class Memory: Sendable {
  public struct Record: Sendable, Equatable {
    public let entry: String
    public let serial: Int
    /// `sha256:…` of the ciphertext.
    public let digest: String
    /// The commit that was checked out; nil where there was none.
    public let commit: String?
    let vault: String
    /// This machine's code of the credential in the ciphertext; nil where it was not known.
    var key: String?
    /// Whether this machine decided where the key may travel, rather than read it.
    var isVouched = false
  }

  private let repository: Repository
  private let stateHome: String?
  private let opening: LocalStateOpening
  private let held = Mutex<Held?>(nil)
  private let kept = Mutex<LocalState?>(nil)
  private let isPrepared = Atomic(false)
  private let fresh = Mutex<[Record]>([])
  /// Names of variables that a person permitted since this was made.
  let permitted = Mutex<[String]>([])

  /// `stateHome` is as for ``LocalState``, and `opening` one that has begun there, if any has.
  public init(of repository: Repository, stateHome: String?, opening: LocalStateOpening? = nil) {
    self.repository = repository
    self.stateHome = stateHome
    self.opening = opening ?? LocalStateOpening(in: repository.root, stateHome: stateHome)
  }

  /// What was read, and what follows from it.
  struct Held {
    /// nil while there is nothing to read, so that a key is only opened for what is kept.
    let state: LocalState?
    /// By entry, as they stand in the file: a code is checked when its entry is asked for.
    var lines: [Name: [ArraySlice<UInt8>]]
    var count: Int
    var known: [Name: Record?] = [:]
    var foreign = 0
    /// The commit that is checked out; its inner nil where there is none.
    var head: Snapshot??
    var ancestry: [Name: Bool] = [:]
  }

  /// Starts to read while something is decrypted. Does not wait.
  func prepare() {
    guard !isPrepared.exchange(true, ordering: .relaxed) else { return }
    DispatchQueue(label: "memory").async { _ = try? self.withHeld { _ in () } }
  }

  /// What is remembered of an entry. Throws if the local state is not ours to read.
  public func record(of name: EntryName) throws(Failure) -> Record? {
    try record(named: name.path)
  }

  func record(named name: String) throws(Failure) -> Record? {
    try withHeld { $0.record(of: name, in: self.repository.configuration.vaultID) }
  }

  /// The root of the repository whose entries it remembers.
  public var root: String { repository.root }

  /// Why nothing is remembered, as far as it was needed.
  public var problem: FileError? { held.withLock { $0?.state?.problem } }

  /// Why a file of what is remembered could not be read, as far as it was needed.
  public var unreadable: FileError? { held.withLock { $0?.state?.unreadable } }

  /// Lines that do not carry this machine's code, among those that were asked for.
  public var foreign: Int { held.withLock { $0?.foreign ?? 0 } }

  /// Compares an entry that was opened with what is remembered of it. Throws if it is older, unless
  /// the commit that is checked out is so too; true then.
  func isOlder(_ name: EntryName, serial: Int, ciphertext: [UInt8]) throws(Failure) -> Bool {
    if let known = try record(of: name), serial < known.serial {
      if try isOnPurpose(known, at: name.ciphertextPath, with: ciphertext) { return true }
      if let failure = otherBranch(of: known, name, serial: serial, ciphertext) { throw failure }
      throw Failure(
        .malformed,
        "'\(name)' was rolled back: its serial is \(serial), but \(known.serial) was opened here",
        hints: [
          "merge or restore the newer one; if you have verified this one: "
            + "\(Shell("keyvault accept \(name)"))"
        ])
    }
    return false
  }

  /// Whether the user went back in history, to the `remembered` commit or one before it, and `bytes` are
  /// that commit's own.
  func isOnPurpose(
    _ remembered: Record, at path: String, with bytes: [UInt8]
  ) throws(Failure) -> Bool {
    try withHeld { $0.isBefore(remembered, with: bytes, at: path, root: self.repository.root) }
  }

  /// Takes note of an entry that was opened or written, where it is news. A serial to which no change of
  /// the key leads is none: anybody can forge an entry, and the right one would be taken for an older one
  /// ever after. `key` is the code of the credential, asked for where it is news.
  func learn(
    _ name: EntryName, serial: Int, digest: String, key: () -> String? = { nil },
    isVouched: Bool = false
  ) throws(Failure) {
    let known = try record(of: name)
    let isSame = known?.serial == serial && known?.digest == digest
    let isVouched = isVouched || isSame && known?.isVouched == true
    guard known?.serial ?? 0 <= serial,
      !isSame || known?.key == nil || known?.isVouched != isVouched
    else { return }
    var last = known?.serial ?? 0
    if serial - last > Serial.greatestLeap {
      last = max(last, try Snapshot.head(of: repository.root)?.lastSerial(at: name) ?? 0)
    }
    guard serial - last <= Serial.greatestLeap else { return }
    let key = key()
    guard !isSame || known?.isVouched != isVouched || key != nil else { return }
    learn(named: name.path, serial: serial, digest: digest, key: key, isVouched: isVouched)
  }

  /// ``save()`` writes it down.
  func learn(
    named name: String, serial: Int, digest: String, key: String? = nil, isVouched: Bool = false
  ) {
    let record = Record(
      entry: name, serial: serial, digest: digest, commit: nil,
      vault: repository.configuration.vaultID, key: key, isVouched: isVouched)
    fresh.withLock { $0.append(record) }
  }

  /// Writes down what is new, all of it at once. Throws if it cannot be kept; nothing else suffers.
  public func save() throws(Failure) {
    let records = fresh.withLock { fresh in
      defer { fresh = [] }
      return fresh
    }
    guard !records.isEmpty else { return }
    let commit = Git(in: repository.root).line(["rev-parse", "--verify", "--quiet", "HEAD"])
    let isLong = try withHeld { held in
      held.count + records.count > 2 * (held.lines.count + records.count) + 64
    }
    let state = try stateToKeep()
    do throws(FileError) {
      try state.append(
        records.map { $0.bytes(commit: commit) }, to: .serials, limit: .max)
      if isLong { try rewrite(state) { _ in true } }
    } catch {
      throw error.failure
    }
  }

  /// Whether lines of other machines have not been reported yet.
  public func foreignIsNews() -> Bool {
    (try? state())?.isNews(foreignIn: .serials) ?? true
  }

  /// The repository's own id, which records carry.
  var vaultID: String { repository.configuration.vaultID }

  /// The local state that it reads; nil while there is nothing to read. Throws if it is not ours.
  func state() throws(Failure) -> LocalState? { try withHeld { $0.state } }

  /// The memory file, opened to store something in it.
  func stateToKeep() throws(Failure) -> LocalState {
    if let state = try state() ?? kept.withLock(\.self) { return state }
    let state = try LocalState(of: repository, stateHome: stateHome)
    kept.withLock { $0 = state }
    return state
  }

  /// Forgets entries: what is opened next in their places is remembered from the start.
  public func forget(_ names: [EntryName]) throws(Failure) {
    try forget(named: names.map(\.path))
  }

  func forget(named names: [String]) throws(Failure) {
    guard let state = try state() else { return }
    do throws(FileError) {
      try rewrite(state) { !names.contains($0) }
    } catch {
      throw error.failure
    }
    held.withLock { $0 = nil }
  }

  /// Leaves one line an entry, of those that `isKept` holds for.
  private func rewrite(
    _ state: LocalState, where isKept: (String) -> Bool
  ) throws(FileError) {
    try state.rewrite(.serials) { records in
      var best: [Name: Record] = [:]
      for record in records.compactMap(Record.init) where isKept(record.entry) {
        let place = record.vault + " " + record.entry
        if record.serial >= best[place]?.serial ?? 0 { best[place] = record }
      }
      return best.sorted { $0.key < $1.key }.map { $0.value.bytes(commit: $0.value.commit) }
    }
  }

  private func withHeld<Value: Sendable>(
    _ body: (inout Held) -> Value
  ) throws(Failure) -> Value {
    let result = held.withLock { held -> Result<Value, Failure> in
      do throws(Failure) {
        if held == nil { held = try load() }
        return .success(body(&held!))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func load() throws(Failure) -> Held {
    guard let state = try opening.get() else { return Held(state: nil, lines: [:], count: 0) }
    let lines = state.lines(of: .serials)
    return Held(
      state: state, lines: Dictionary(grouping: lines) { Name(Record.entry(inLine: $0)) },
      count: lines.count)
  }
}

extension Memory.Held {
  mutating func record(of entry: String, in vault: String) -> Memory.Record? {
    if let known = known[entry] { return known }
    var best: Memory.Record?
    for line in lines[entry] ?? [] {
      guard
        let record = state?.record(in: line, of: .serials).flatMap(Memory.Record.init)
      else {
        foreign += 1
        continue
      }
      guard record.vault == vault, record.serial >= best?.serial ?? 0 else { continue }
      best = record
    }
    known[entry] = .some(best)
    return best
  }

  /// Whether an older commit is checked out on purpose: the commit that is checked out is the
  /// remembered one or before it, and the ciphertext is that commit's own.
  mutating func isBefore(
    _ record: Memory.Record, with ciphertext: [UInt8], at path: String, root: String
  ) -> Bool {
    guard let commit = record.commit else { return false }
    let head = self.head ?? (try? Snapshot("HEAD", of: root))
    self.head = .some(head)
    guard let head, head.holds(ciphertext, at: path) else { return false }
    let isBefore = ancestry[commit] ?? head.isAncestor(of: commit)
    ancestry[commit] = isBefore
    return isBefore
  }
}

/// A line holds six words in a JSON string; none of them can have a space or a quotation mark. Earlier
/// versions wrote five: the fifth says `vouched:` or `seen:` and the code of the credential.
extension Memory.Record {
  init?(_ bytes: ArraySlice<UInt8>) {
    let words = String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self).split(separator: " ")
    guard words.count == 5 || words.count == 6, let serial = Int(words[1]) else { return nil }
    vault = String(words[0])
    self.serial = serial
    digest = String(words[2])
    commit = words[3] == "-" ? nil : String(words[3])
    entry = String(words[words.count - 1])
    guard words.count == 6 else { return }
    let knowledge = words[4].split(separator: ":", omittingEmptySubsequences: false)
    guard knowledge.count == 2 else { return nil }
    isVouched = knowledge[0] == "vouched"
    key = knowledge[1].isEmpty ? nil : String(knowledge[1])
  }

  func bytes(commit: String?) -> [UInt8] {
    let knowledge = "\(isVouched ? "vouched" : "seen"):\(key ?? "")"
    return Array("\"\(vault) \(serial) \(digest) \(commit ?? "-") \(knowledge) \(entry)\"".utf8)
  }

  /// The last word of a line, before `"}`, by whatever program it was written.
  static func entry(inLine line: ArraySlice<UInt8>) -> String {
    let start = line.lastIndex(of: UInt8(ascii: " ")).map { $0 + 1 } ?? line.endIndex
    return String(decoding: line[start...].dropLast(2), as: UTF8.self)
  }
}
