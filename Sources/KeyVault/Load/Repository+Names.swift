extension Repository {
  /// Whether a key may be rendered under a name: it is known, or a person permitted it, outside of the
  /// repository or by an answer on this machine.
  func allows(variable name: String) throws(Failure) -> Bool {
    if names.allows(name) { return true }
    return try memory?.permits(name) ?? false
  }

  /// Why a key that is stored now would not be rendered under a name, and what permits it; nil if it
  /// would be. What is signed by a trusted writer needs no other permission.
  public func refusal(ofVariable name: String, in entry: EntryName? = nil) throws(Failure)
    -> Failure?
  {
    if let objection = VariableName.objection(to: name) ?? BaseURLVariable.objection(to: name) {
      return Failure(.usage, objection)
    }
    let rules = signingRules
    let isSigned = rules.policy == .required && !rules.signers.isEmpty
    guard !isSigned, try !allows(variable: name) else { return nil }
    return Failure(
      .usage, NamePolicy.objection(to: name), hints: NamePolicy.hints(for: name, in: entry))
  }
}
