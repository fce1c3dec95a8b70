internal import GPG
internal import Naming

/// Whom a folder wants to read its entries, and by which subkeys each of them does. Made once a folder;
/// a ciphertext is then compared without any program.
struct Readers: Sendable {
  /// Where the wanted are named.
  let list: RecipientList
  private let wanted: [Person]
  /// Every key id that a wanted person has.
  private let expected: Set<UInt64>
  /// The recipients that the other files name, where a recipient's public key is missing: an
  /// unknown key id may be that person's.
  private let known: Set<UInt64>?

  private struct Person {
    let fingerprint: String
    /// By any of these the person reads.
    let keyIDs: Set<UInt64>
    /// Whether a message must name one of them. Not where the key itself is at fault: that is said
    /// once, at its file, and no ciphertext could be made better.
    let isNeeded: Bool
  }

  init(of list: RecipientList, keys: PublicKeys) {
    self.list = list
    wanted = list.recipients.map { recipient in
      Self.person(recipient.fingerprint, keys.file(recipient.fingerprint)?.key)
    }
    expected = wanted.reduce(into: []) { $0.formUnion($1.keyIDs) }
    let isComplete = list.recipients.allSatisfy { keys.file($0.fingerprint) != nil }
    known = isComplete ? nil : keys.keyIDs
  }

  private static func person(_ fingerprint: String, _ key: Key?) -> Person {
    guard let key else { return Person(fingerprint: fingerprint, keyIDs: [], isNeeded: false) }
    // All subkeys of a revoked key are revoked; a recipient that is still in the list is still
    // wanted.
    let subkeys = key.isRevoked ? key.subkeys.filter(\.canEncrypt) : key.readingSubkeys
    return Person(
      fingerprint: fingerprint, keyIDs: Set(subkeys.map(\.keyID)),
      isNeeded: !key.isRevoked && !subkeys.isEmpty)
  }

  /// How those who can read a message differ from those who are wanted.
  func drift(of message: Message) -> Drift {
    let found = Set(message.recipients)
    // A hidden recipient may be any of the wanted.
    let missing =
      message.hasHiddenRecipients
      ? [] : wanted.filter { $0.isNeeded && $0.keyIDs.isDisjoint(with: found) }
    return Drift(
      missing: missing.map(\.fingerprint),
      unexpected: found.subtracting(expected).subtracting([0])
        .filter { known?.contains($0) ?? true }.sorted())
  }
}

/// How the readers of a ciphertext differ from those whom its folder wants.
struct Drift: Sendable, Equatable {
  /// Fingerprints of the wanted who cannot read it.
  let missing: [String]
  /// Key ids of those who can and are not wanted, sorted.
  let unexpected: [UInt64]

  var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty }

  /// A key id as gpg prints it.
  static func text(keyID: UInt64) -> String {
    let digits = String(keyID, radix: 16, uppercase: true)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Vault {
  /// Every folder of the vault that is not hidden, by path; the vault itself (empty) first.
  func folders() throws(FileError) -> [String] {
    var found: [String] = []
    try Folder(repository.root).folder(Paths.vault).walk { path, _, _ in
      found.append(path)
      return true
    }
    return found
  }

  private static let allLists = "\(Paths.vault)/**/\(Paths.list)"

  /// The lists that folders have themselves, each with its faults. Throws if one cannot be read, or they
  /// are too large together.
  func recipientLists() throws(FileError) -> [RecipientList] {
    var lists: [RecipientList] = []
    var failure: FileError?
    var left = Limits.listBytes
    try Folder(repository.root).folder(Paths.vault).walk { path, items, folder in
      guard failure == nil else { return false }
      guard items.contains(where: { $0.name == Paths.list }) else { return true }
      do throws(FileError) {
        let bytes = try folder.read(Paths.list, limit: RecipientList.sizeLimit)
        left -= bytes.count
        guard left >= 0 else {
          failure = FileError(.tooLarge(limit: Limits.listBytes), Self.allLists, 0)
          return false
        }
        lists.append(RecipientList(parsing: bytes, folder: path))
      } catch {
        failure = error
      }
      return failure == nil
    }
    if let failure { throw failure }
    let end = "/" + Paths.list
    for path in try repository.absent.ids.sortedKeys
    where path.hasPrefix(Paths.vault + "/") && path.hasSuffix(end) {
      let folder = path.dropLast(end.count).dropFirst(Paths.vault.count + 1)
      guard let bytes = try repository.absent.read(path) else { continue }
      lists.append(RecipientList(parsing: bytes, folder: String(folder)))
    }
    return lists
  }
}
