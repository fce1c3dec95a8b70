extension Workspace {
  /// Asks, where keyvault does not know this name of a variable, whether keys may be rendered under it, and remembers
  /// the answer for this repository. Throws the refusal if the person declines or cannot be asked.
  func admit(variable name: String, of entry: EntryName) throws(Failure) {
    guard let refusal = try repository.refusal(ofVariable: name, in: entry) else { return }
    // Without a hint, nothing permits it.
    guard !refusal.hints.isEmpty, let memory = repository.memory,
      try consents(to: .variable(name, reason: refusal.message)) == true
    else { throw refusal }
    try memory.permit(name)
  }
}
