import KeyVault

/// The person at the terminal, for actions of the library: notices go to standard error, and consent is asked for on
/// the terminal itself, since a key may come from standard input.
struct TerminalFrontEnd: FrontEnd {
  /// Whether only warnings are shown.
  let isQuiet: Bool

  func tell(_ notice: Notice) {
    switch notice.weight {
    case .warning: Console.warning(notice.message, hint: notice.hints.first)
    case _ where isQuiet: break
    case .note:
      Console.note(notice.message)
      for hint in notice.hints { Console.note(hint) }
    case .remark:
      Console.note("keyvault: note: \(notice.message)")
      for hint in notice.hints { Console.note("keyvault: hint: \(hint)") }
    }
  }

  func consents(to consent: Consent) throws(Failure) -> Bool? {
    try Question.confirmOnTerminal(consent.question)
  }
}
