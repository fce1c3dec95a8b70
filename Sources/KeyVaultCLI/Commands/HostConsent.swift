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

/// What a person at the terminal consents to in one command; each host is asked about once.
final class HostConsent {
  private var answers: [Destinations.Question: Bool] = [:]

  /// Asks about each host that only the repository names; `key` is a word for the key. What cannot be
  /// asked, or is denied, stays in `destinations`.
  func ask(
    about destinations: inout Destinations, key: String = "this key"
  ) throws(Failure) {
    for question in destinations.questions where question.isAnswerable {
      let answer =
        if let known = answers[question] { known } else {
          try Question.confirmOnTerminal(question.text(of: key))
        }
      guard let answer else { return }
      answers[question] = answer
      if answer { destinations.consent(to: question) } else { destinations.decline(question) }
    }
  }
}
