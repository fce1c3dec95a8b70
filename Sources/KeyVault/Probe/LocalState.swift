internal import Glibc
internal import Secrets

/// `.keyvault/`: what this machine knows about the repository. Anybody can commit such a folder, so
/// each record counts only with a MAC under a key that lies outside it (security.md C).
public final class LocalState: Sendable {
  private let root: String
  private let key: Secret

  static let folder = ".keyvault"

  /// `stateHome` is a folder of the user's own, outside the repository, made if it is missing.
  ///
  /// Throws if `.keyvault` is a link, another user's, or tracked by git: reading it would be
  /// reading what somebody else wrote.
  public init(of repository: Repository, stateHome: String) throws(Failure) {
    root = repository.root
    try Self.refuseForeign(in: root)
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try Self.key(in: stateHome)
    } catch {
      throw error.failure
    }
    key = Secret(copying: bytes.span.bytes)
  }

  private static func refuseForeign(in root: String) throws(Failure) {
    guard let repository = try? Folder(root), let kind = repository.kind(of: folder) else { return }
    func refuse(_ why: String) -> Failure {
      Failure(
        .malformed, "'\(folder)' \(why), so nothing in it is read",
        hints: ["remove it: it holds nothing but this machine's own history and caches"])
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

  /// 32 random bytes that never leave this machine.
  private static func key(in stateHome: String) throws(FileError) -> [UInt8] {
    let folder = try Folder("/").folder(stateHome, create: true)
    if folder.kind(of: "key") != nil { return try folder.read("key", limit: 32) }
    let key = Random.bytes(32)
    try folder.write(key.span.bytes, as: "key", mode: 0o600)
    return key
  }

  /// Appends one line; `purpose` and the repository's path go into its MAC.
  func append(_ record: [UInt8], to name: String, purpose: String) throws(FileError) {
    let mac = mac(record, purpose: purpose)
    let line = Array("{\"mac\":\"\(mac)\",\"record\":".utf8) + record + Array("}\n".utf8)
    try Folder(root).folder(Self.folder, create: true).append(line, to: name, mode: 0o600)
  }

  /// The records of a file that carry our MAC, oldest first; a torn or foreign line is left out.
  func records(of name: String, purpose: String) -> [ArraySlice<UInt8>] {
    guard
      let bytes = try? Folder(root).folder(Self.folder).read(name, limit: Self.greatestFile)
    else { return [] }
    let head = Array("{\"mac\":\"".utf8)
    let middle = Array("\",\"record\":".utf8)
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let start = line.startIndex + head.count + 64
      guard line.count > head.count + 64 + middle.count + 1, line.starts(with: head),
        line[start...].starts(with: middle), line.last == UInt8(ascii: "}")
      else { return nil }
      let record = line[(start + middle.count)...].dropLast()
      let mac = String(decoding: line[line.startIndex + head.count..<start], as: UTF8.self)
      return mac == self.mac(Array(record), purpose: purpose) ? record : nil
    }
  }

  private func mac(_ record: [UInt8], purpose: String) -> String {
    HMACSHA256.hex(for: Array("\(purpose)\n\(root)\n".utf8) + record, key: key)
  }

  private static let greatestFile = 32 << 20
}
