/// A conflict of two sidecars whose ciphertext is the same on both sides, as where each side set another field.
/// No secret key is needed to end it.
public struct SidecarResolution {
  private let conflict: Conflict
  private let place: EntryName

  /// nil where there is more to decide, or what is in the work tree is something else. Throws where a side is
  /// not signed as it must be.
  public init?(of conflict: Conflict, in vault: Vault) throws(Failure) {
    guard let place = conflict.ours.place, conflict.theirs.place == place, conflict.strays.isEmpty,
      conflict.ours.isSound, conflict.theirs.isSound,
      let ciphertext = conflict.ours.ciphertext, conflict.theirs.ciphertext == ciphertext,
      vault.digest(of: place) == Vault.digest(ciphertext),
      try SidecarMerge(of: conflict, lead: nil, preferred: conflict.later).undecided.isEmpty
    else { return nil }
    for side in Side.allCases {
      let entry = Vault.Entry(name: place, sidecar: conflict.version(side).fields, fault: nil)
      try vault.checkSide(entry, digest: entry.sidecar?.digest)
    }
    self.conflict = conflict
    self.place = place
  }

  /// Writes the sidecar that both sides make together; the ciphertext stays. The files, relative to the
  /// root. Blocks.
  public func settle(in vault: Vault) throws(Failure) -> [String] {
    let merge = try SidecarMerge(of: conflict, lead: nil, preferred: conflict.later)
    if let document = merge.document { try vault.writeSidecar(document, of: place) }
    return [place.ciphertextPath, place.sidecarPath]
  }
}
