import KeyVault

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
