import KeyVault

extension Session {
  /// Whether hosts that only the payload of an entry names may go into a ciphertext that is signed here:
  /// a trusted writer or this machine vouches for them already, or a person at the terminal does.
  /// `provider` is whose key it is to be, where that changes.
  func vouches(
    for opened: OpenedEntry, as provider: String? = nil, in repository: Repository
  ) throws -> Bool {
    let hosts = try policy().ownHosts(of: opened, as: provider)
    if try hosts.isEmpty || repository.vault.vouches(for: opened) { return true }
    // Without a signature, the new ciphertext does not claim that anyone vouches.
    guard repository.signingRules.policy != .off else { return false }
    return try hosts.allSatisfy { host in
      try Question.confirmOnTerminal(
        "sign that the key of '\(opened.name)' may travel to '\(host)', which only its payload names?"
      ) == true
    }
  }
}
