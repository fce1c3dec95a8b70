internal import Glibc
internal import Machine
internal import Secrets
internal import Synchronization

/// `.keyvault/`, through one door: this user's alone from the moment that it is made.
extension Folder {
  /// Opens it in the repository at `root`, and makes it if `create` says so. Throws if it is a link or
  /// another user's, or the repository is: what is kept in it counts by a key of this user's.
  static func state(of root: String, create: Bool = false) throws(FileError) -> Folder {
    let owner = try Folder(root).owner
    guard owner == geteuid() else { throw FileError(.notOurs(owner: owner), root, 0) }
    return try locks(of: root, create: create)
  }

  /// Opens the folder for the lock in it, which the repository's owner and root share. What root makes is given to
  /// the owner, who could not open it otherwise.
  static func locks(of root: String, create: Bool = false) throws(FileError) -> Folder {
    let repository = try Folder(root)
    guard repository.owner == geteuid() || geteuid() == 0 else {
      throw FileError(.notOurs(owner: repository.owner), root, 0)
    }
    let folder = try repository.folder(Paths.state, create: create, mode: 0o700)
    guard let status = FileStatus(folder.descriptor), status.owner == repository.owner else {
      throw FileError(
        .danger(
          why: "belongs to another user",
          remedy: LocalState.removal(from: folder.owner)),
        Paths.state, 0)
    }
    // One that an earlier version made: others could hold locks on what is in it.
    if status.mode & 0o077 != 0 { fchmod(folder.descriptor, 0o700) }
    return folder
  }
}

/// What this machine knows about the repository. Anybody can commit `.keyvault/`, so each record counts only
/// with a MAC under a key that is outside of the repository. What protects the repository's user is kept
/// beside that key: to look at a branch that tracks `.keyvault/`, and to return, removes the folder.
public final class LocalState: Sendable {
  /// Of the repository.
  let root: String
  /// nil where there is none.
  private let home: StateHome?
  private let key: Secret?
  /// Why nothing is kept: the state home cannot be used.
  public let problem: FileError?
  private let unread = Mutex<FileError?>(nil)

  /// Why a file that protects the user could not be read, so that what it says does not count; nil if none
  /// was asked for, or all could be read.
  var unreadable: FileError? { unread.withLock { $0 } }

  /// Of the repository at `root`. `stateHome` is a folder of the user's own, outside the repository, made if it
  /// is missing.
  ///
  /// Throws if `.keyvault` is a link, another user's, or tracked by git: reading it would be
  /// reading what another person wrote. It is not an error if the state home cannot be used, if the repository
  /// is another user's, or if git does not answer: nothing is read or kept then, and ``problem`` says why.
  init(in root: String, stateHome: String?) throws(Failure) {
    self.root = root
    home = stateHome.map { StateHome(at: $0, outside: root) }
    let isTracked = try Self.refuseForeign(in: root)
    do throws(FileError) {
      if let obstacle = Self.obstacle(in: stateHome, of: root) { throw obstacle }
      guard let home else { throw FileError(.noHome, "", 0) }
      if case .unknown(let why) = isTracked {
        throw FileError(.noAnswer(why: why), Paths.state, 0)
      }
      let bytes = try home.key()
      key = Secret(copying: bytes.span.bytes)
      problem = nil
    } catch {
      key = nil
      problem = error
    }
  }

  private static let removal =
    "remove it: it holds nothing but this machine's own history and caches"

  /// How to remove one that belongs to `owner`.
  static func removal(from owner: UInt32) -> String {
    owner == 0 && geteuid() != 0
      ? "sudo " + Shell("rm -r \(path: Paths.state)").description : removal
  }

  /// Why this machine keeps nothing of the repository at `root`, before its state home is looked at; nil if it can.
  public static func obstacle(in stateHome: String?, of root: String) -> FileError? {
    guard stateHome != nil else { return FileError(.noHome, "", 0) }
    guard let owner = (try? Folder(root))?.owner, owner != geteuid() else { return nil }
    return FileError(.notOurs(owner: owner), root, 0)
  }

  /// Why this machine keeps nothing although it could: others could know the key in `stateHome`, or
  /// replace it. nil where there is nothing to warn of.
  public static func danger(in stateHome: String?, of root: String) -> FileError? {
    stateHome.flatMap { StateHome(at: $0, outside: root).danger }
  }

  /// Whether git tracks `.keyvault`; nil if unknown.
  private enum Tracking {
    case untracked
    case unknown(why: String)
  }

  private static func refuseForeign(in root: String) throws(Failure) -> Tracking {
    guard let repository = try? Folder(root), let kind = repository.kind(of: Paths.state),
      // Nothing in another user's repository is read or made.
      repository.owner == geteuid()
    else { return .untracked }
    func refuse(_ why: String, _ remedy: String = removal) -> Failure {
      Failure(.malformed, "'\(Paths.state)' \(why), so nothing in it is read", hints: [remedy])
    }
    guard kind == .folder else { throw refuse("is not a folder") }
    let owner = FileStatus(Paths.state, in: repository.descriptor)?.owner
    guard owner == geteuid() else {
      throw refuse("belongs to another user", removal(from: owner ?? geteuid()))
    }
    let git = Git(in: root)
    guard git.isPresent else { return .untracked }
    let answer = git.answer(["ls-files", "--", Paths.state])
    guard let answer, answer.status == 0 else {
      return .unknown(why: git.failure("git ls-files", answer).message)
    }
    guard answer.output.isEmpty else { throw refuse("is tracked by git") }
    return .untracked
  }

  /// Appends lines, all at once. A file that has grown larger than `limit` becomes the old one first.
  func append(
    _ records: [[UInt8]], to log: Log, limit: Int = rotationSize
  ) throws(FileError) {
    if let problem { throw problem }
    try folder(of: log, create: true).append(
      lines(records, of: log), to: log.name, mode: 0o600, limit: limit, oldSuffix: Self.oldSuffix)
  }

  /// Replaces the records of a file, while no other process appends to it, by what `change` makes
  /// of those that carry our MAC.
  func rewrite(
    _ log: Log, isOld: Bool = false, _ change: ([ArraySlice<UInt8>]) -> [[UInt8]]
  ) throws(FileError) {
    if let problem { throw problem }
    let name = isOld ? log.oldName : log.name
    try folder(of: log, create: true).rewrite(name, mode: 0o600, limit: Self.greatestFile) {
      bytes in
      let ours = bytes.split(separator: UInt8(ascii: "\n")).compactMap { record(in: $0, of: log) }
      return lines(change(ours), of: log)
    }
  }

  private func folder(of log: Log, create: Bool = false) throws(FileError) -> Folder {
    guard let home, log.protectsUser else { return try Folder.state(of: root, create: create) }
    return try home.folder(of: root, create: create)
  }

  /// Whether anything may be kept about the repository at `root`. Makes nothing.
  static func mayExist(in root: String, stateHome: String?) -> Bool {
    if (try? Folder(root))?.kind(of: Paths.state) != nil { return true }
    return stateHome.map { StateHome.holdsFolder(of: root, at: $0) } ?? false
  }

  private func lines(_ records: [[UInt8]], of log: Log) -> [UInt8] {
    records.flatMap { sealed($0, purpose: log.purpose) ?? [] }
  }

  /// A line with the record and its MAC; nil where there is no key.
  func sealed(_ record: [UInt8], purpose: String) -> [UInt8]? {
    mac(record, purpose: purpose).map { mac in
      Array("{\"mac\":\"\(mac)\",\"record\":".utf8) + record + Array("}\n".utf8)
    }
  }

  /// The records of a file that carry our MAC, oldest first, and how many lines do not: torn ones,
  /// and those written by other programs or machines.
  func records(of log: Log) -> (ours: [ArraySlice<UInt8>], foreign: Int) {
    var ours: [ArraySlice<UInt8>] = []
    var foreign = 0
    for line in lines(of: log, isOld: true) + lines(of: log) {
      if let record = record(in: line, of: log) {
        ours.append(record)
      } else {
        foreign += 1
      }
    }
    return (ours, foreign)
  }

  /// The lines of a file, or of the old one, with or without our MAC.
  func lines(of log: Log, isOld: Bool = false) -> [ArraySlice<UInt8>] {
    guard key != nil else { return [] }
    do throws(FileError) {
      return try folder(of: log)
        .read(isOld ? log.oldName : log.name, limit: Self.greatestFile)
        .split(separator: UInt8(ascii: "\n"))
    } catch {
      if log.protectsUser, !error.isMissing { unread.withLock { $0 = $0 ?? error } }
      return []
    }
  }

  /// The record of a line (without its line break) that carries our MAC for that file.
  func record(in line: ArraySlice<UInt8>, of log: Log) -> ArraySlice<UInt8>? {
    record(in: line, purpose: log.purpose)
  }

  /// The record of a line (without its line break) that carries our MAC for that purpose.
  func record(in line: ArraySlice<UInt8>, purpose: String) -> ArraySlice<UInt8>? {
    let head = Array("{\"mac\":\"".utf8)
    let middle = Array("\",\"record\":".utf8)
    let start = line.startIndex + head.count + 64
    guard line.count > head.count + 64 + middle.count + 1, line.starts(with: head),
      line[start...].starts(with: middle), line.last == UInt8(ascii: "}")
    else { return nil }
    let record = line[(start + middle.count)...].dropLast()
    let mac = String(decoding: line[line.startIndex + head.count..<start], as: UTF8.self)
    return mac == self.mac(Array(record), purpose: purpose) ? record : nil
  }

  /// The MAC of a record, in hexadecimal digits; nil where there is no key.
  func mac(_ record: [UInt8], purpose: String) -> String? {
    let text = Array("\(purpose)\n\(root)\n".utf8) + record
    guard key != nil else { return nil }
    return HMACSHA256.hex(for: text, key: key!)
  }

  /// The MAC of a secret, in hexadecimal digits; nil where there is no key.
  func mac(of secret: borrowing Secret, purpose: String) -> String? {
    guard key != nil else { return nil }
    var text = SecretBuilder()
    text.append("\(purpose)\n\(root)\n")
    text.append(secret)
    return HMACSHA256.hex(for: text.finish(), key: key!)
  }

  private static let rotationSize = 10 << 20
  private static let greatestFile = 64 << 20
  static let oldSuffix = ".1"
}
