import KeyVault

/// The person at the terminal, for actions of the library: notices go to standard error, and consent is asked for on
/// the terminal itself, since a key may come from standard input.
struct TerminalFrontEnd: FrontEnd {
  /// Whether only warnings are shown.
  let isQuiet: Bool
  /// Whether details are shown.
  var isVerbose = false

  func tell(_ notice: Notice) {
    switch notice.weight {
    case .warning: Console.warning(notice.message, hint: notice.hints.first)
    case .detail: if isVerbose { Console.note("keyvault: \(notice.message)") }
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
    switch consent {
    case .remove, .accept: Console.isInputTerminal ? try Question.confirm(consent.question) : nil
    case .variable(_, let reason): try consentsToVariable(reason)
    case .send, .vouch, .newFolder: try Question.confirmOnTerminal(consent.question)
    }
  }

  func chooses(among alternatives: Alternatives) throws(Failure) -> Int? {
    guard Console.isInputTerminal else { return nil }
    switch alternatives {
    case .side(let need, let reason, let texts):
      Console.note("\(need): \(reason)")
      for (side, text) in zip(Side.allCases, texts) { Console.note("  \(side.rawValue): \(text)") }
      switch try Question.ask("which counts? [ours/theirs]") {
      case "o", "ours": return 0
      case "t", "theirs": return 1
      default:
        throw Failure(.nothingToDo, "nothing was chosen, so nothing more was changed")
      }
    case .ownKey(let keys):
      for (index, key) in keys.enumerated() { Console.note("  \(index + 1)  \(key)") }
      let answer = try Question.ask("encrypt to which of your keys? [1]")
      guard let number = answer.isEmpty ? 1 : Int(answer), keys.indices.contains(number - 1) else {
        throw Failure(.usage, "there is no key '\(answer.printable(limit: 20))' in the list")
      }
      return number - 1
    }
  }

  private func consentsToVariable(_ reason: String) throws(Failure) -> Bool? {
    guard hasPersonAtInput else { return nil }
    Console.note(reason)
    return try Question.confirm("render keys under it in this repository?")
  }

  func provider(
    of variable: ImportPlan.Ambiguity, among ids: [String]
  ) throws(Failure) -> String? {
    guard hasPersonAtInput else { return nil }
    Console.note(
      "\(variable.found.shown) may be a key of \(variable.candidates.joined(separator: ", ")): "
        + variable.reason)
    if variable.candidates.count == 1 {
      return try Question.confirm("is it?") ? variable.candidates[0] : nil
    }
    while true {
      let answer = try Question.ask("whose is it? [leave it out]")
      if answer.isEmpty { return nil }
      if ids.contains(answer) { return answer }
      Console.note("unknown provider '\(answer.printable(limit: 80))'")
    }
  }

  /// Whether a person answers at standard input and sees the questions.
  private var hasPersonAtInput: Bool { Console.isInputTerminal && Console.isErrorTerminal }
}
