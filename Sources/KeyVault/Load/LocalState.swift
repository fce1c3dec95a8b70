internal import Glibc
internal import Machine
internal import Secrets

/// `.keyvault/`, through one door: this user's alone from the moment that it is made.
extension Folder {
  /// Opens it in the repository at `root`, and makes it if `create` says so. Throws if it is a link or
  /// another user's.
  static func state(of root: String, create: Bool = false) throws(FileError) -> Folder {
    let folder = try Folder(root).folder(LocalState.folder, create: create, mode: 0o700)
    guard let status = FileStatus(folder.descriptor), status.isOurs else {
      throw FileError(
        .danger(why: "belongs to another user", remedy: LocalState.removal), LocalState.folder, 0)
    }
    // One that an earlier version made: others could hold locks on what is in it.
    if status.mode & 0o077 != 0 { fchmod(folder.descriptor, 0o700) }
    return folder
  }
}

/// `.keyvault/`: what this machine knows about the repository. Anybody can commit such a folder, so
/// each record counts only with a MAC under a key that lies outside it.
public final class LocalState: Sendable {
  private let root: String
  private let key: Secret?
  /// Why nothing is kept: the state home cannot be used.
  public let problem: FileError?

  static let folder = ".keyvault"

  /// `stateHome` is a folder of the user's own, outside the repository, made if it is missing.
  ///
  /// Throws if `.keyvault` is a link, another user's, or tracked by git: reading it would be
  /// reading what somebody else wrote. A state home that cannot be used is no error: nothing is read
  /// or kept then, and ``problem`` says why.
  public convenience init(of repository: Repository, stateHome: String?) throws(Failure) {
    try self.init(in: repository.root, stateHome: stateHome)
  }

  /// The same of the repository at `root`.
  init(in root: String, stateHome: String?) throws(Failure) {
    self.root = root
    try Self.refuseForeign(in: root)
    do throws(FileError) {
      guard let stateHome else { throw FileError(.noHome, "", 0) }
      let bytes = try StateHome(at: stateHome, outside: root).key()
      key = Secret(copying: bytes.span.bytes)
      problem = nil
    } catch {
      key = nil
      problem = error
    }
  }

  static let removal = "remove it: it holds nothing but this machine's own history and caches"

  /// Why this machine keeps nothing although it could: others could know the key in `stateHome`, or
  /// replace it. nil where there is nothing to warn of.
  public static func danger(in stateHome: String?, of root: String) -> FileError? {
    stateHome.flatMap { StateHome(at: $0, outside: root).danger }
  }

  private static func refuseForeign(in root: String) throws(Failure) {
    guard let repository = try? Folder(root), let kind = repository.kind(of: folder) else { return }
    func refuse(_ why: String) -> Failure {
      Failure(
        .malformed, "'\(folder)' \(why), so nothing in it is read",
        hints: [removal])
    }
    guard kind == .folder else { throw refuse("is not a folder") }
    if let state = try? repository.folder(folder), state.owner != geteuid() {
      throw refuse("belongs to another user")
    }
    let git = Git(in: root)
    if git.isPresent, git.line(["ls-files", "--", folder]) != nil {
      throw refuse("is tracked by git")
    }
  }

  /// Appends lines, all at once; `purpose` and the repository's path go into their MACs. A file that
  /// has grown larger than `limit` becomes the old one first.
  func append(
    _ records: [[UInt8]], to name: String, purpose: String, limit: Int = rotationSize
  ) throws(FileError) {
    if let problem { throw problem }
    let folder = try Folder.state(of: root, create: true)
    try folder.append(
      lines(records, purpose: purpose), to: name, mode: 0o600, limit: limit,
      oldSuffix: Self.oldSuffix)
  }

  /// Replaces the records of a file, while nobody else appends to it, by what `change` makes of those
  /// that carry our MAC.
  func rewrite(
    _ name: String, purpose: String, _ change: ([ArraySlice<UInt8>]) -> [[UInt8]]
  ) throws(FileError) {
    if let problem { throw problem }
    let folder = try Folder.state(of: root, create: true)
    try folder.rewrite(name, mode: 0o600, limit: Self.greatestFile) { bytes in
      let ours = bytes.split(separator: UInt8(ascii: "\n")).compactMap {
        record(in: $0, purpose: purpose)
      }
      return lines(change(ours), purpose: purpose)
    }
  }

  private func lines(_ records: [[UInt8]], purpose: String) -> [UInt8] {
    records.flatMap { sealed($0, purpose: purpose) ?? [] }
  }

  /// A line with the record and its MAC; nil where there is no key.
  func sealed(_ record: [UInt8], purpose: String) -> [UInt8]? {
    mac(record, purpose: purpose).map { mac in
      Array("{\"mac\":\"\(mac)\",\"record\":".utf8) + record + Array("}\n".utf8)
    }
  }

  /// The records of a file that carry our MAC, oldest first, and how many lines do not: torn ones,
  /// and those that somebody else wrote.
  func records(
    of name: String, purpose: String
  ) -> (ours: [ArraySlice<UInt8>], foreign: Int) {
    var ours: [ArraySlice<UInt8>] = []
    var foreign = 0
    for name in [name + Self.oldSuffix, name] {
      for line in lines(of: name) {
        if let record = record(in: line, purpose: purpose) {
          ours.append(record)
        } else {
          foreign += 1
        }
      }
    }
    return (ours, foreign)
  }

  /// The lines of a file, whoever wrote them.
  func lines(of name: String) -> [ArraySlice<UInt8>] {
    guard key != nil, let folder = try? Folder.state(of: root),
      let bytes = try? folder.read(name, limit: Self.greatestFile)
    else { return [] }
    return bytes.split(separator: UInt8(ascii: "\n"))
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
