extension Workspace {
  /// Whether hosts that only the payload of an entry names may go into a ciphertext that is signed here: a trusted
  /// writer or this machine vouches for them already, or the person consents. `provider` is the id of the provider
  /// whose key it becomes, where that changes.
  func vouches(for opened: OpenedEntry, as provider: String? = nil) throws(Failure) -> Bool {
    let hosts = try policy().ownHosts(of: opened, as: provider)
    guard !hosts.isEmpty, try !vault.vouches(for: opened) else { return true }
    // Without a signature, the new ciphertext does not claim that anyone vouches.
    guard repository.signingRules.policy != .off else { return false }
    for host in hosts {
      guard try consents(to: .vouch(host: host, entry: opened.name)) == true else { return false }
    }
    return true
  }
}
