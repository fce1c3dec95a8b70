internal import Secrets

/// What a new key does to the place that it takes.
struct Replacement {
  /// Whether it is another key than the present one.
  enum Otherness {
    case yes, no
    /// Nothing proves it, so what was said of the present key stays.
    case unknown
  }

  /// nil where there is no key.
  let otherness: Otherness?
  let serial: Int

  /// Whether what was said of the old key is not true of this one.
  var isProven: Bool { otherness == nil || otherness == .yes }

  /// Opens the present entry, and warns where an exposed key stays marked.
  init(
    of old: Vault.Entry?, at name: EntryName, by key: borrowing Secret, in workspace: Workspace
  ) throws(Failure) {
    if let old {
      otherness = workspace.compare(key, with: old)
    } else {
      otherness = nil
    }
    // The same key keeps its serial; that of a place never goes back.
    let last = try workspace.vault.lastSerial(of: name)
    serial = otherness == .no && last > 0 ? last : last + 1
  }
}

extension Workspace {
  fileprivate func compare(
    _ key: borrowing Secret, with old: Vault.Entry
  ) -> Replacement.Otherness {
    let isExposed = old.sidecar?.exposed != nil
    if let gpg = try? gpg(), let opened = try? vault.open(old, requiring: .anywhere, with: gpg) {
      guard opened.holds(key) else { return .yes }
      if isExposed {
        tell(
          Notice(
            .staysExposed, .warning,
            "'\(old.name)' had this key already, so it stays marked as exposed"))
      }
      return .no
    }
    if old.isOther(key, limit: repository.configuration.policy.preview) { return .yes }
    if isExposed {
      tell(
        Notice(
          .staysExposed, .warning,
          "'\(old.name)' cannot be opened to see whether this is another key, so it stays marked as "
            + "exposed",
          hints: ["ask a recipient who can open it to run: \(Shell("keyvault rotate \(old.name)"))"]
        ))
    }
    return .unknown
  }
}

extension Notice.Code {
  /// An entry stays marked as exposed, because nothing proves that its key is another one.
  static let staysExposed = Notice.Code(rawValue: "stays-exposed")
}
