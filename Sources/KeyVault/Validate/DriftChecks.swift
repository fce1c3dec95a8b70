internal import GPG
internal import Naming

/// Who can read the entries of a folder, by the packets of their ciphertexts, against who is wanted.
struct DriftChecks {
  let readers: Readers
  let keys: PublicKeys

  /// So many entries are named where a finding speaks of many.
  private static let shown = 10
  /// So many people are.
  private static let shownPeople = 3

  /// At most one finding of each kind an entry; where the whole folder or more than a few of its entries
  /// drift in the same way, one for all of these. `drifts` are those of `count` entries that have one;
  /// `path` is the folder's, relative to the root.
  func findings(
    _ drifts: [(name: EntryName, drift: Drift)], of count: Int, in path: String
  ) -> [Finding] {
    let missing = Dictionary(grouping: drifts, by: { $0.drift.missing.map { Name($0) } })
    let unexpected = Dictionary(grouping: drifts, by: \.drift.unexpected)
    func findings(
      _ names: [EntryName], _ make: (_ what: String, _ file: String) -> Finding
    ) -> [Finding] {
      let isAll = names.count == count
      guard names.count > 1, isAll || names.count > Self.shown else {
        return names.map { make("this", $0.ciphertextPath) }
      }
      let some = names.prefix(Self.shown).map(\.name).joined(separator: ", ")
      let more = names.count > Self.shown ? ", …" : ""
      let number = isAll ? "the \(names.count)" : "\(names.count) of the \(count)"
      let what = "\(number) entries of \(path): \(some)\(more)"
      return [make(what, readers.list.file)]
    }
    return missing.filter { !$0.key.isEmpty }.flatMap { people, entries in
      findings(entries.map(\.name)) { what, file in
        Finding(
          .recipientMissing, in: file,
          "\(Self.joined(people.map { keys.text(of: $0.text) })) cannot read \(what)",
          hint: "encrypt again: keyvault reencrypt")
      }
    }
      + unexpected.filter { !$0.key.isEmpty }.flatMap { ids, entries in
        findings(entries.map(\.name)) { what, file in
          Finding(
            .recipientUnexpected, in: file,
            "\(Self.joined(ids.map(holder))) \(ids.count == 1 ? "is" : "are") not on "
              + "\(readers.list.file) and can read \(what)",
            hint:
              "encrypt again: keyvault reencrypt; these readers may have kept the keys, so rotate "
              + "them too: keyvault rotate ENTRY")
        }
      }
  }

  private static func joined(_ people: [String]) -> String {
    // A person may have several subkeys.
    var seen: Set<Name> = []
    let distinct = people.filter { seen.insert($0).inserted }
    guard distinct.count > 1 else { return distinct.first ?? "" }
    let rest = distinct.count - shownPeople
    if rest > 0 {
      return distinct.prefix(shownPeople).joined(separator: ", ") + " and \(rest) more"
    }
    return distinct.dropLast().joined(separator: ", ") + " and " + distinct[distinct.count - 1]
  }

  private func holder(_ keyID: UInt64) -> String {
    let id = Drift.text(keyID: keyID)
    guard let holder = keys.holder(of: keyID) else {
      return "the holder of key \(id), whose public key is not here,"
    }
    return holder.isRevoked ? "the revoked subkey \(id) of \(holder.text)" : holder.text
  }
}
