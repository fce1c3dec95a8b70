/// Variables under which keys are not rendered unless a person permits it.
extension Workspace {
  /// Asks, where keyvault does not know this name of a variable, whether keys may be rendered under it, and remembers
  /// the answer for this repository. Throws the refusal if the person declines or cannot be asked.
  func admit(variable name: String, of entry: EntryName) throws(Failure) {
    guard let refusal = try repository.refusal(ofVariable: name, in: entry) else { return }
    guard try permits(name, refusal) else { throw refusal }
  }

  /// Whether the person permits a name that was refused; remembered for this repository.
  func permits(_ name: String, _ refusal: Failure) throws(Failure) -> Bool {
    // Without a hint, nothing permits it.
    guard !refusal.hints.isEmpty, let memory = repository.memory,
      try consents(to: .variable(name, reason: refusal.message)) == true
    else { return false }
    try memory.permit(name)
    return true
  }

  /// Warns of variables that a provider's file names and that are not rendered.
  public func warnOfNames(of provider: Provider) throws(Failure) {
    for name in provider.renderedVariables {
      guard let refusal = try repository.refusal(ofVariable: name) else { continue }
      tell(
        Notice(
          .unrendered, .warning, "keys of \(provider.name) are not rendered: \(refusal.message)",
          hints: Array(refusal.hints.suffix(1))))
    }
  }
}

extension Notice.Code {
  /// A key is not rendered under the variable that its provider's file names.
  static let unrendered = Notice.Code(rawValue: "unrendered")
}
