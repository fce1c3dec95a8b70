internal import GPG
internal import Naming
internal import YAML

/// What one commit did to an entry.
public struct EntryChange: Sendable, Codable, Equatable {
  public enum What: String, Sendable, Codable {
    case added, moved, copied, removed
    /// The key was replaced by another one.
    case rotated
    /// The key was re-encrypted.
    case encrypted
    /// Only what its sidecar says.
    case described
    /// The ciphertext alone, as by another program than keyvault.
    case edited
    /// It was older than the known history.
    case there
  }

  /// A reader of the entry.
  public struct Reader: Sendable, Codable, Hashable {
    /// Of the primary key; nil where no public key file has the subkey.
    public var fingerprint: String?
    /// The first user id; else the key id.
    public var name: String
  }

  public var commit: String
  /// By the clock of the author.
  public var at: Timestamp
  public var author: String
  public var email: String
  /// The entry's name then.
  public var entry: String
  public var what: What
  /// Where a moved or copied entry came from.
  public var from: String?
  public var oldSerial: Int?
  public var serial: Int?
  /// Of the sidecar, without those that keyvault writes at each change.
  public var fields: [String]
  /// Whether the key is taken out of use; nil where that did not change.
  public var isDisabled: Bool?
  public var gained: [Reader]
  public var lost: [Reader]

  private enum CodingKeys: String, CodingKey {
    case commit, at, author, email, entry, what, from
    case oldSerial = "old_serial"
    case serial, fields
    case isDisabled = "disabled"
    case gained, lost
  }

  init(
    _ step: EntryWalk.Step, at name: EntryName, from source: (name: EntryName, isGone: Bool)?,
    readers: ReaderNames
  ) {
    let old = step.old?.fields
    let new = step.new?.fields
    commit = step.commit.id
    at = step.commit.time
    author = step.commit.author
    email = step.commit.email
    entry = name.path
    from = source?.name.path
    oldSerial = old?["serial"]?.serial
    serial = new?["serial"]?.serial
    let isKept = step.old != nil && step.new != nil
    fields = isKept ? Self.changedFields(old, new) : []
    let wasDisabled = old?["disabled"]?.bool ?? false
    let isDisabled = new?["disabled"]?.bool ?? false
    self.isDisabled = isKept && wasDisabled != isDisabled ? isDisabled : nil
    let before = readers.people(by: step.old?.readers ?? [])
    let after = readers.people(by: step.new?.readers ?? [])
    let (known, kept) = (Set(before), Set(after))
    gained = isKept ? after.filter { !known.contains($0) } : []
    lost = isKept ? before.filter { !kept.contains($0) } : []
    what = Self.what(step, source, old, new)
  }

  private static func what(
    _ step: EntryWalk.Step, _ source: (name: EntryName, isGone: Bool)?, _ old: Node?, _ new: Node?
  ) -> What {
    guard let before = step.old else {
      return source.map { $0.isGone ? .moved : .copied } ?? .added
    }
    guard let after = step.new else { return .removed }
    func differs(_ field: String) -> Bool { old?[field]?.json != new?[field]?.json }
    if old != nil, new != nil, differs("serial") || differs("id") { return .rotated }
    if before.ciphertext == after.ciphertext { return .described }
    return old != nil && new != nil && !differs("digest") ? .edited : .encrypted
  }

  /// What changes with every ciphertext is left out.
  private static let written: Set<Name> = [
    "id", "serial", "digest", "preview", "created", "rotated",
  ]

  private static func changedFields(_ old: Node?, _ new: Node?) -> [String] {
    let keys = Set(names: [old, new].flatMap { $0?.mapping ?? [] }.map(\.key))
    return keys.subtracting(written).sortedTexts.filter { old?[$0]?.json != new?[$0]?.json }
  }
}

/// Who can read a ciphertext, by the public keys of today.
struct ReaderNames {
  let keys: PublicKeys?

  /// Sorted by name, each once, whatever number of subkeys they have.
  func people(by keyIDs: [UInt64]) -> [EntryChange.Reader] {
    var people: Set<EntryChange.Reader> = []
    for keyID in Set(keyIDs) {
      let holder = keys?.holder(of: keyID)
      let name = holder.map { $0.userID ?? $0.fingerprint } ?? Drift.text(keyID: keyID)
      people.insert(
        EntryChange.Reader(
          fingerprint: holder?.fingerprint, name: keyID == 0 ? "hidden" : name))
    }
    return people.sorted { ($0.name, $0.fingerprint ?? "") < ($1.name, $1.fingerprint ?? "") }
  }
}
