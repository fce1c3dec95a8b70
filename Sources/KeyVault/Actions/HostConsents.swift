/// What the person consented to during one action: each host is asked about once.
struct HostConsents {
  private var answers: [Destinations.Question: Bool] = [:]

  /// Asks about each host that only the repository names; `key` is a word for the key. What cannot be asked, or is
  /// denied, stays in `destinations`.
  mutating func ask(
    about destinations: inout Destinations, key: String = "this key", in workspace: Workspace
  ) throws(Failure) {
    for question in destinations.questions where question.isAnswerable {
      let answer =
        if let known = answers[question] { known } else {
          try workspace.consents(to: .send(question, key: key))
        }
      guard let answer else { return }
      answers[question] = answer
      if answer { destinations.consent(to: question) } else { destinations.decline(question) }
    }
  }
}
