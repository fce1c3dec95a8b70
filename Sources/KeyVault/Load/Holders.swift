internal import GPG
internal import Synchronization

/// Who could open what this machine cannot, as the repository's public keys say. They are looked at once, and
/// only where something did not open.
final class Holders: Sendable {
  private let keys = Mutex<PublicKeys??>(nil)

  /// gpg looks at each file.
  private static let greatestFiles = 64
  private static let shown = 3

  /// Names the people who hold a key of a message, for the person who does not; nil where no public
  /// key here belongs to one of them.
  func hint(for keyIDs: [UInt64], in repository: Repository, program: String) -> String? {
    guard let keys = keys(of: repository, program) else { return nil }
    var people: [String] = []
    for holder in keyIDs.compactMap(keys.holder) where !people.contains(holder.text) {
      people.append(holder.text)
    }
    guard !people.isEmpty else { return nil }
    let others = people.count - Self.shown
    let names =
      people.prefix(Self.shown).joined(separator: ", ") + (others > 0 ? " and \(others) more" : "")
    return "\(names) can open it: ask to be added as a reader, "
      + "or 'gpg --import FILE' if that key is yours"
  }

  private func keys(of repository: Repository, _ program: String) -> PublicKeys? {
    keys.withLock { keys in
      if let keys { return keys }
      let gpg = GPGProgram(path: program, runtimeDirectory: nil)
      let found =
        PublicKeys.names(in: repository).count <= Self.greatestFiles
        ? try? PublicKeys(of: repository, program: gpg) : nil
      keys = .some(found)
      return found
    }
  }
}
