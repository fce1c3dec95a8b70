internal import GPG

/// Decides under which names the keys of a repository are rendered; made once for a rendering.
struct NameGate {
  private let repository: Repository
  /// Of the command line, so that a name counts with it and without it.
  private let prefix: String

  init(in repository: Repository, prefix: String = "") {
    self.repository = repository
    self.prefix = prefix
  }

  /// Throws unless each of these may be rendered. Their names do not have the prefix yet.
  func check(_ variables: [Rendering.Variable]) throws(Failure) {
    var unlisted: [(variable: Rendering.Variable, entry: OpenedEntry)] = []
    for variable in variables {
      try checkForm(of: variable)
      guard let entry = variable.opened, try !isPermitted(variable) else { continue }
      unlisted.append((variable, entry))
    }
    guard !unlisted.isEmpty else { return }
    // The signature of an entry covers the name that its sidecar gives, and nothing of providers.d.
    let vouched = try signed(unlisted.filter { $0.variable.isNamed(by: $0.entry) }.map(\.entry))
    for (variable, entry) in unlisted {
      if variable.isNamed(by: entry), vouched.contains(where: { $0 === entry }) { continue }
      throw Failure(
        .malformed,
        "'\(entry.name)' cannot be rendered: "
          + (isDoubtful(variable)
            ? VariableValue.doubt(under: variable.name)
            : NamePolicy.objection(to: variable.name)),
        hints: NamePolicy.hints(for: variable.name, in: entry.name)
          + ["leave it out: --except \(entry.name)"])
    }
  }

  /// What no permission overrides.
  private func checkForm(of variable: Rendering.Variable) throws(Failure) {
    let name = prefix + variable.name
    var objection = VariableName.objection(to: name)
    if variable.isSecret {
      objection =
        objection
        ?? BaseURLVariable.objection(to: name, fieldOf: prefix.isEmpty ? variable.owner : nil)
      variable.withValue { value in
        objection = objection ?? VariableValue.objection(to: value, under: name)
      }
    } else if !prefix.isEmpty {
      // With a prefix an address, too, can come to the name of another provider's.
      objection = objection ?? BaseURLVariable.objection(to: name)
    }
    if let objection {
      throw Failure(.malformed, "'\(variable.origin)' cannot be rendered: \(objection)")
    }
  }

  private func isPermitted(_ variable: Rendering.Variable) throws(Failure) -> Bool {
    let names = [prefix + variable.name, variable.name]
    if names.contains(where: repository.names.permits) { return true }
    if !isDoubtful(variable), names.contains(where: VariableName.isListed) { return true }
    return try repository.memory?.permits(variable.name) ?? false
  }

  private func isDoubtful(_ variable: Rendering.Variable) -> Bool {
    var isDoubtful = false
    variable.withValue { isDoubtful = VariableValue.isDoubtful($0, under: prefix + variable.name) }
    return isDoubtful
  }

  /// Those whose signature counts here, over the ciphertext that was opened.
  private func signed(_ entries: [OpenedEntry]) throws(Failure) -> [OpenedEntry] {
    let fitting = entries.filter { $0.sidecar?.digest == $0.digest }
    let rules = repository.signingRules
    guard !fitting.isEmpty, !rules.signers.isEmpty, rules.policy != .off else { return [] }
    let judge = try repository.signatureJudge(rules, keys: rules.signers)
    let states = try repository.states(
      of: fitting.map { Vault.Entry(name: $0.name, sidecar: $0.sidecar, fault: nil) }, judge)
    return zip(fitting, states).filter { $1.isGood }.map(\.0)
  }
}

extension Rendering.Variable {
  /// The entry that a key or a field is of.
  fileprivate var opened: OpenedEntry? {
    switch value {
    case .key(let entry), .field(let entry, _): entry
    case .text: nil
    }
  }

  /// The provider whose field it is.
  fileprivate var owner: String? {
    if case .field(let entry, _) = value { entry.provider } else { nil }
  }

  /// Whether the entry's own sidecar gives the name.
  fileprivate func isNamed(by entry: OpenedEntry) -> Bool {
    guard case .key = value, let own = entry.sidecar?.variable else { return false }
    return own.utf8.elementsEqual(name.utf8)
  }
}
