import KeyVault

/// A person who names a variable that keyvault does not know as one that holds a key.
extension Session {
  /// Asks on a terminal whether keys may be rendered under this name, and remembers the answer for this
  /// repository. Throws if there is no one to ask, or if the answer is no.
  func admit(variable name: String, of entry: EntryName, in repository: Repository) throws {
    guard let refusal = try repository.refusal(ofVariable: name, in: entry) else { return }
    guard try permits(name, refusal, in: repository) else { throw refusal }
  }

  /// Whether a person permits a name that was refused.
  func permits(_ name: String, _ refusal: Failure, in repository: Repository) throws -> Bool {
    // Without a hint nothing permits it.
    guard !refusal.hints.isEmpty, Console.isInputTerminal, Console.isErrorTerminal,
      let memory = repository.memory
    else { return false }
    Console.note(refusal.message)
    guard try Question.confirm("render keys under it in this repository?") else { return false }
    try memory.permit(name)
    return true
  }
}
