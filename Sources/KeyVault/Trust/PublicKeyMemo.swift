internal import FoundationEssentials
internal import GPG
internal import Glibc
internal import Naming
internal import Secrets
internal import Synchronization

/// What gpg said of public key files, in `.keyvault/public-keys.jsonl`, so that it is asked once about
/// each version of each file. Records count by their MAC: the author of a forged one could choose
/// whose the subkeys are.
public final class PublicKeyMemo: Sendable {
  private let state: LocalState
  private let now: Timestamp
  /// By digest of the file, for the program that was asked.
  private let known: Mutex<[Name: [Key]]?> = Mutex(nil)

  private struct Record: Codable {
    let file: String
    let keys: [Key]
  }

  /// `now` decides what has expired, as gpg's own clock does when it is asked.
  public init(_ state: LocalState, now: Timestamp) {
    self.state = state
    self.now = now
  }

  /// What `ask` says of the file, or said before. What it throws is not remembered.
  func keys(
    in file: [UInt8], of program: String, _ ask: () throws(GPGError) -> [Key]
  ) throws(GPGError) -> [Key] {
    let name = SHA256.hex(of: file) + Self.version(of: program)
    if let keys = known.withLock({ Self.loaded(&$0, from: state)[name] }) {
      return keys.map { $0.judged(at: now.seconds) }
    }
    let keys = try ask()
    known.withLock { $0?[name] = keys }
    remember(Record(file: name, keys: keys))
    return keys.map { $0.judged(at: now.seconds) }
  }

  private static func loaded(
    _ known: inout [Name: [Key]]?, from state: LocalState
  ) -> [Name: [Key]] {
    if let known { return known }
    let decoder = JSONDecoder()
    let records = state.records(of: .publicKeys).ours.compactMap {
      try? decoder.decode(Record.self, from: Data($0))
    }
    let loaded = Dictionary(records.map { (Name($0.file), $0.keys) }, uniquingKeysWith: { $1 })
    known = loaded
    return loaded
  }

  /// A memo that cannot be written costs time, and nothing else.
  private func remember(_ record: Record) {
    guard let data = try? JSONEncoder().encode(record) else { return }
    try? state.append([Array(data)], to: .publicKeys)
  }

  /// Another gpg may judge otherwise.
  private static func version(of program: String) -> String {
    var status = stat()
    guard stat(program, &status) == 0 else { return "" }
    // The number goes up where more is refused before gpg is asked.
    return "-2-\(status.st_ino)-\(status.st_size)-\(status.st_mtim.tv_sec)"
  }
}
