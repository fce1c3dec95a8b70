internal import GPG
internal import Naming
internal import YAML

/// A place in the vault where a change has something else than its base.
struct ChangedPlace: Sendable {
  let name: EntryName
  /// Whether there is a ciphertext that can be read.
  let hasCiphertext: Bool
  /// What identifies the ciphertext; nil where it is not a message. The ciphertext itself is not
  /// kept: thousands of places may have a large one.
  let identity: [UInt8]?
  /// Its bytes; nil where there is none that can be read.
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
    hasCiphertext = ciphertext != nil
    identity = ciphertext.flatMap { try? Message($0).identity }
    self.sidecar = sidecar
    hasOtherKey = ciphertext != nil && !isSameKey
  }

  /// The entry was removed.
  init(goneFrom name: EntryName) {
    self.name = name
    (hasCiphertext, identity, sidecar, hasOtherKey) = (false, nil, nil, false)
  }
}
