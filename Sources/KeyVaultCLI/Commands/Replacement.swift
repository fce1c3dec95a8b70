import KeyVault
import Secrets

/// What a new key does to the place that it takes.
struct Replacement {
  /// Whether it is another key than that whose place it takes.
  enum Otherness {
    case yes, no
    /// Nothing proves it, so what was said of the old key stays.
    case unknown
  }

  /// nil where no key lies there.
  let otherness: Otherness?
  let serial: Int

  /// Whether what was said of the old key is not true of this one.
  var isProven: Bool { otherness == nil || otherness == .yes }

  /// Opens what lies there, and warns where an exposed key stays marked.
  init(
    of old: Vault.Entry?, at name: EntryName, by key: borrowing Secret, in repository: Repository,
    _ session: Session
  ) throws {
    if let old {
      otherness = try session.isOtherKey(key, than: old, in: repository)
    } else {
      otherness = nil
    }
    // The same key keeps its serial; that of a place never goes back.
    let last = try repository.vault.lastSerial(of: name)
    serial = otherness == .no && last > 0 ? last : last + 1
  }
}

extension Session {
  fileprivate func isOtherKey(
    _ key: borrowing Secret, than old: Vault.Entry, in repository: Repository
  ) throws -> Replacement.Otherness {
    let isExposed = old.sidecar?.exposed != nil
    if let opened = try? repository.vault.open(old, requiring: .anywhere, with: gpg()) {
      guard opened.holds(key) else { return .yes }
      if isExposed {
        Console.warning("'\(old.name)' had this key already, so it stays marked as exposed")
      }
      return .no
    }
    if old.isOther(key, limit: repository.configuration.policy.preview) { return .yes }
    if isExposed {
      Console.warning(
        "'\(old.name)' cannot be opened to see whether this is another key, so it stays marked as "
          + "exposed",
        hint: "let it be rotated by somebody who can open it: "
          + "\(Shell("keyvault rotate \(old.name)"))")
    }
    return .unknown
  }
}
