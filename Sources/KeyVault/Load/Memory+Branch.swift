extension Memory {
  /// Why an entry is older than what is `remembered`, where each of two branches has a key of its own: neither
  /// the commit of then nor the one that is checked out has the other in its history, and the ciphertext is
  /// the latter's own. nil otherwise.
  func otherBranch(
    of remembered: Record, _ name: EntryName, serial: Int, _ ciphertext: [UInt8]
  ) -> Failure? {
    guard let commit = remembered.commit, let head = try? Snapshot("HEAD", of: root),
      head.holds(ciphertext, at: name.ciphertextPath),
      let other = try? Snapshot(commit, of: root),
      !head.isAncestor(of: other.commit), !other.isAncestor(of: head.commit)
    else { return nil }
    return Failure(
      .malformed,
      "'\(name)' has the serial \(serial) on this branch, and \(remembered.serial) was opened here on "
        + "another branch, at commit \(commit.prefix(10))",
      hints: [
        "merge that branch: 'keyvault resolve' then decides which key stays; to use this one now, "
          + "once you "
          + "know that it is right: \(Shell("keyvault accept \(name)"))"
      ])
  }
}
