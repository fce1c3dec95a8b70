internal import Naming
internal import YAML

extension EntryChanges {
  /// An acknowledgement that the base does not have, or that counts for longer: `test` passes then where it
  /// did not. One that goes, or ends earlier, hides nothing.
  func acknowledgement(at name: EntryName, from old: Node, to new: Node) -> Finding? {
    let field = Acknowledgement.field
    let before = Acknowledgement(old[field])
    guard let now = Acknowledgement(new[field]), before.map({ $0.until < now.until }) ?? true else {
      return nil
    }
    return Finding(
      .entryChanged, base.severity(), in: name.sidecarPath, at: (new[field] ?? new).place,
      base.sentence(field, new[field], was: old[field]))
  }
}
