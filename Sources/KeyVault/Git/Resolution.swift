public import GPG
internal import Secrets
internal import YAML

/// A conflict whose ciphertexts are open, on the way to an end.
public struct Resolution: Sendable {
  public let conflict: Conflict
  /// nil where that side removed the entry.
  private let ours: OpenedEntry?
  private let theirs: OpenedEntry?

  /// Opens what both sides have. Throws where one does not belong to this place, or is bound to none.
  /// Blocks.
  public init(of conflict: Conflict, in vault: Vault, with gpg: GPG) throws(Failure) {
    func open(_ side: Side) throws(Failure) -> OpenedEntry? {
      let version = conflict.version(side)
      guard let ciphertext = version.ciphertext else { return nil }
      let entry = Vault.Entry(name: conflict.name, sidecar: version.fields, fault: nil)
      do throws(Failure) {
        let opened = try vault.openBound(entry, from: ciphertext, with: gpg)
        // Of a ciphertext that git decided on, one sidecar alone tells the digest.
        try vault.checkSide(entry, digest: conflict.isKeyDecided ? nil : opened.digest)
        return opened
      } catch {
        throw Failure(
          error.kind, "\(side.rawValue): \(error.message)",
          hints: [
            "take the other side with git, then 'git add' both files: git checkout "
              + "--\(side.other.rawValue) -- \(conflict.name.ciphertextPath) \(conflict.name.sidecarPath)"
          ])
      }
    }
    self.conflict = conflict
    if conflict.isKeyDecided {
      // One ciphertext, which belongs to one sidecar.
      ours = try open(conflict.keeper ?? .ours)
      theirs = ours
      for side in Side.allCases {
        guard let sidecar = conflict.version(side).fields else { continue }
        try vault.checkSide(
          Vault.Entry(name: conflict.name, sidecar: sidecar, fault: nil), digest: nil)
      }
    } else {
      ours = try open(.ours)
      theirs = try open(.theirs)
    }
  }

  public func opened(_ side: Side) -> OpenedEntry? { side == .ours ? ours : theirs }

  /// Whether both sides have the same key with the same further parts.
  public var isSameKey: Bool {
    guard let ours, let theirs else { return false }
    return ours === theirs || ours.holdsSameCredential(as: theirs)
  }

  /// Fields that both sides changed, where the same key is described differently and neither side was
  /// rotated later.
  public func undecided() throws(Failure) -> [String] {
    guard isSameKey else { return [] }
    return try SidecarMerge(of: conflict, lead: conflict.keeper, preferred: conflict.later)
      .undecided
  }

  /// The entry whose key stays with that choice; nil where the entry goes.
  public func kept(by choice: Side?) -> OpenedEntry? {
    let lead = isSameKey ? conflict.keeper : choice
    return opened(lead ?? choice ?? conflict.later ?? .ours)
  }

  /// Ends the conflict in the work tree: with the key of `choice`, or, where that is nil, with the one
  /// that both have. Whether the entry is still there. Blocks.
  public func settle(
    _ choice: Side?, in vault: Vault, program: GPGProgram, now: Timestamp, isVouched: Bool = false
  ) throws(Failure) -> Bool {
    let lead = isSameKey ? conflict.keeper : choice
    let preferred = choice ?? conflict.later
    guard let chosen = kept(by: choice) else {
      if !vault.files(of: conflict.name).isEmpty { try vault.remove(conflict.name) }
      return false
    }
    let merge = try SidecarMerge(of: conflict, lead: lead, preferred: preferred)
    let serials =
      [ours, theirs].compactMap { $0?.payload.serial }
      + [conflict.ours.fields?.serial, conflict.theirs.fields?.serial].compactMap(\.self)
    let highest = serials.max() ?? 1
    let isOther = !isSameKey && ours != nil && theirs != nil
    let last = vault.lastSerial(of: conflict.name)
    try vault.store(
      NewKey(
        entry: conflict.name, provider: chosen.provider,
        key: chosen.payload.withKey { Secret(copying: $0) }, keeping: chosen.payload,
        hosts: chosen.payload.hosts, serial: max(highest + (isOther ? 1 : 0), last),
        isOtherKey: false, isVouched: isVouched),
      in: merge.document, program: program, now: now)
    return true
  }
}

extension OpenedEntry {
  /// Whether another has the same key with the same further parts.
  fileprivate func holdsSameCredential(as other: OpenedEntry) -> Bool {
    let names = payload.fieldNames.sorted()
    return holds(other.payload.withKey { Secret(copying: $0) })
      && names == other.payload.fieldNames.sorted()
      && names.allSatisfy { name in
        payload.withField(name) { mine in
          other.payload.withField(name) { $0.isSame(as: mine) } == true
        } == true
      }
  }
}
