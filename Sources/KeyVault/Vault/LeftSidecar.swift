public import GPG
internal import YAML

/// A sidecar that stayed where a ciphertext was before 'pass mv', or another program that knows no
/// sidecars, moved or copied it.
public struct LeftSidecar {
  /// Where the ciphertext was.
  public let origin: EntryName
  let sidecar: Sidecar
  let document: Document
  /// `sha256:…` of the file, which goes with the ciphertext; nil where it stays, since an entry is there, or
  /// where git alone has it.
  let leaving: String?
}

extension Vault {
  /// The sidecar that describes the key of `opened`, and is where that says that it belongs; nil if there is
  /// none, or the entry has its own beside it.
  public func sidecarLeft(
    behind opened: OpenedEntry, with gpg: GPG
  ) throws(Failure) -> LeftSidecar? {
    guard opened.payload.vault == repository.configuration.vaultID,
      let path = self.origin(of: opened), let origin = try? EntryName(path),
      opened.sidecar?.digest != opened.digest
    else { return nil }
    let isAlone = try digest(of: .ciphertext(origin)) == nil
    let bytes = try reporting { () throws(FileError) in try self.bytes(of: origin.sidecarPath) }
    if let bytes, let (checked, sidecar) = Self.read(bytes, origin),
      isAlone || sidecar.digest == opened.digest || holds(origin, opened, with: gpg)
    {
      return LeftSidecar(
        origin: origin, sidecar: sidecar, document: checked.document,
        leaving: isAlone ? Self.digest(bytes) : nil)
    }
    // It may have been removed with the ciphertext.
    guard opened.sidecar == nil,
      let past = try Snapshot.head(of: repository.root)?.read([origin.sidecarPath])[0],
      let (checked, sidecar) = Self.read(past, origin), isAlone || sidecar.digest == opened.digest
    else { return nil }
    return LeftSidecar(
      origin: origin, sidecar: sidecar, document: checked.document, leaving: nil)
  }

  private static func read(
    _ bytes: [UInt8], _ origin: EntryName
  ) -> (CheckedDocument, Sidecar)? {
    guard
      case .success(let checked) = CheckedDocument.read(
        bytes, as: .entry, file: origin.sidecarPath)
    else { return nil }
    return (checked, Sidecar(checked))
  }

  /// Whether the entry at `origin` has the same key.
  private func holds(_ origin: EntryName, _ opened: OpenedEntry, with gpg: GPG) -> Bool {
    guard let entry = try? entry(origin),
      let other = try? open(entry, requiring: .anywhere, with: gpg)
    else { return false }
    return opened.holdsSame(as: other)
  }

  /// Encrypts the key of an entry that was moved here, as ``prepare(_:about:from:over:program:now:)`` does. The
  /// sidecar that it left behind, if there is one, comes along. Writes nothing. Blocks.
  public func prepare(
    _ new: borrowing NewKey, taking left: LeftSidecar?, over before: Present, program: GPGProgram,
    now: Timestamp
  ) throws(Failure) -> Prepared {
    guard let left else {
      return try prepare(new, about: Description(), over: before, program: program, now: now)
    }
    var edits = SidecarEditor(left.document, of: new.entry)
    try edits.point(schemaOf: left.origin, to: new.entry)
    var prepared = try sealed(
      new, about: Description(), from: nil, in: edits.document, over: before, program: program,
      now: now)
    if let digest = left.leaving {
      prepared.changes.append(
        VaultChange(file: .sidecar(left.origin), content: nil, over: .digest(digest)))
      prepared.premises.append(Premise(file: .ciphertext(left.origin), present: .nothing))
    }
    try checkCanApply(prepared.changes)
    return prepared
  }
}
