internal import Naming

/// The keys that a person could read at some time, from git history: those that must be rotated
/// when that person leaves.
///
/// It is a lower bound. What git does not have it does not see: squashed pull requests, rendered files,
/// forks, other people's clones.
public struct Debt: Sendable, Codable {
  /// Why a key counts.
  public enum Reason: String, Sendable, Codable {
    /// A ciphertext of the key names the person.
    case named
    /// A ciphertext names a key id that no public key file has, or hides one: it may be the person's.
    case unmapped
    /// A ciphertext that the person could read does not say which key it held.
    case lineage
    /// The file was not a ciphertext, so anyone could read it.
    case unreadable
  }

  public struct Key: Sendable, Codable, Equatable {
    /// As it is named now.
    public var entry: String
    public var reason: Reason
    /// A commit that shows it; nil if only the current, uncommitted file does.
    public var commit: String?
  }

  /// A key that the person could read and that no entry holds any more.
  public struct Retired: Sendable, Codable, Equatable {
    /// Its last place.
    public var entry: String
    public var serial: Int?
    /// The day on which its provider was seen to reject it; nil: unproven.
    public var proven: String?
  }

  public var version = 1
  public var fingerprint: String
  /// Whether the complete history was available; if not, a missing key proves nothing.
  public var isComplete: Bool
  /// Sorted by entry.
  public var keys: [Key]
  /// Sorted by entry and serial.
  public var retired: [Retired]

  /// Whether a key that no entry holds any more is not proven dead.
  public var hasUnproven: Bool { retired.contains { $0.proven == nil } }

  private enum CodingKeys: String, CodingKey {
    case version, fingerprint
    case isComplete = "complete"
    case keys, retired
  }

  /// `fingerprint` is the full one of a primary key. Asks gpg once about each version of each public
  /// key file. Throws without git.
  public init(
    of fingerprint: String, in repository: Repository, program: GPGProgram
  ) throws(Failure) {
    let history = try VaultHistory(of: repository)
    let fingerprint = fingerprint.uppercased()
    guard history.publicKeys[fingerprint] != nil || !history.isWhole else {
      throw Failure(
        .notFound,
        "\(fingerprint) never had a file in \(Paths.vault)/\(Paths.publicKeys)/, so it is "
          + "unknown which ciphertexts it opens",
        hints: ["'keyvault recipients' shows the current ones"])
    }
    try self.init(of: fingerprint, in: repository, by: history, program: program)
  }

  /// The keys that a person could read, from a history that has been read. Nothing was encrypted to
  /// a person without a public key file, unless a ciphertext names an unknown key id.
  init(
    of fingerprint: String, in repository: Repository, by history: VaultHistory,
    program: GPGProgram
  ) throws(Failure) {
    let readers = PastReaders(history, of: [Name(fingerprint)], program: program)
    self.fingerprint = fingerprint
    isComplete = history.isWhole
    let entries = try repository.vault.allEntries()
    keys = entries.compactMap { readers.debt(of: fingerprint, for: $0) }
    retired = Self.retired(entries, history, readers.lineages(of: fingerprint))
  }

  private static func retired(
    _ entries: [Vault.Entry], _ history: VaultHistory, _ lineages: Set<Name>
  ) -> [Retired] {
    var open = lineages.subtracting(entries.compactMap { $0.sidecar?.id })
    let sidecars = Dictionary(
      entries.map { (Name($0.name.path), $0.sidecar) }, uniquingKeysWith: { first, _ in first })
    var retired: [Retired] = []
    // The latest commit comes first.
    for state in history.states {
      guard let lineage = state.lineage, open.remove(lineage) != nil else { continue }
      let known = sidecars[state.entry]??.retired.first { $0.serial == state.serial }
      retired.append(
        Retired(entry: state.entry, serial: state.serial, proven: known?.proven?.day))
    }
    return retired.sorted { ($0.entry, $0.serial ?? 0) < ($1.entry, $1.serial ?? 0) }
  }
}
