internal import GPG
internal import Naming
internal import YAML

/// A place in the vault where a change has something else than its base.
struct ChangedPlace: Sendable {
  let name: EntryName
  /// As it lies there; nil where there is none that can be read.
  let ciphertext: [UInt8]?
  let sidecar: [UInt8]?
  /// Whether the ciphertext is not the base's.
  let hasOtherKey: Bool

  /// nil if all is as in the base. `absent` has what is not checked out.
  init?(
    _ name: EntryName, in folder: borrowing Folder, absent: AbsentFiles, base: Snapshot
  ) {
    let ciphertext =
      (try? folder.read(name.ciphertextName, limit: Limits.ciphertext))
      ?? (try? absent.read(name.ciphertextPath)) ?? nil
    let sidecar =
      (try? folder.read(name.sidecarName, limit: Limits.sidecar))
      ?? (try? absent.read(name.sidecarPath)) ?? nil
    self.init(name, ciphertext, sidecar, base: base)
  }

  /// Of an entry that is not checked out.
  init?(_ name: EntryName, absent: AbsentFiles, base: Snapshot) {
    self.init(
      name, (try? absent.read(name.ciphertextPath)) ?? nil,
      (try? absent.read(name.sidecarPath)) ?? nil, base: base)
  }

  private init?(
    _ name: EntryName, _ ciphertext: [UInt8]?, _ sidecar: [UInt8]?, base: Snapshot
  ) {
    func isSame(_ bytes: [UInt8]?, _ path: String) -> Bool {
      bytes.map { base.holds($0, at: path) } ?? (base.files[path] == nil)
    }
    let isSameKey = isSame(ciphertext, name.ciphertextPath)
    if isSameKey, isSame(sidecar, name.sidecarPath) { return nil }
    self.name = name
    self.ciphertext = ciphertext
    self.sidecar = sidecar
    hasOtherKey = ciphertext != nil && !isSameKey
  }

  /// Nothing lies there any more.
  init(goneFrom name: EntryName) {
    self.name = name
    (ciphertext, sidecar, hasOtherKey) = (nil, nil, false)
  }
}
