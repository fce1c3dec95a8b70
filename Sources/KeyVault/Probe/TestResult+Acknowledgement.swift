extension Sidecar {
  /// The last day of an acknowledgement that counts, such as `2027-02-21`; nil where there is none, it has
  /// ended, or the verdict is one that cannot be acknowledged.
  func acknowledgedUntil(_ verdict: Verdict, at now: Timestamp) -> String? {
    guard verdict == .unverifiable, let acknowledged, !acknowledged.hasEnded(at: now) else {
      return nil
    }
    return acknowledged.until.day
  }
}

extension TestResult {
  /// Takes from the sidecar whether this verdict is accepted, or says how to accept it.
  mutating func acknowledge(by entry: Vault.Entry, now: Timestamp) {
    guard verdict == .unverifiable else { return }
    acknowledgedUntil = entry.sidecar?.acknowledgedUntil(verdict, at: now)
    guard acknowledgedUntil == nil, next == nil, let sidecar = entry.sidecar else { return }
    let ended = sidecar.acknowledged.map { "its acknowledgement ended on \($0.until.day); " } ?? ""
    next =
      "\(ended)if its form is proof enough: "
      + "\(Acknowledgement.command(for: entry.name, from: now))"
  }
}
