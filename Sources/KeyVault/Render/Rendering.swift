public import GPG

/// An environment as the variables that a consumer reads.
public struct Rendering: Sendable {
  let repository: Repository
  let policy: OriginPolicy

  public init(repository: Repository, policy: OriginPolicy) {
    self.repository = repository
    self.policy = policy
  }

  /// Opens every entry of `environment`: its variables by name, each once. Throws if a required key is
  /// missing, two entries want one variable, or an entry cannot be opened. `look` hears of what was
  /// opened.
  public func variables(
    of environment: String, gpg: GPG, look: ([OpenedEntry]) -> Void = { _ in }
  ) async throws(Failure) -> [Variable] {
    let assembly = try assembled(environment)
    let opened = try await open(assembly.slots, gpg: gpg)
    look(opened.map(\.opened))
    return try variables(of: opened, in: environment)
  }

  private func assembled(_ environment: String) throws(Failure) -> Assembly {
    let assembly = try Assembly(
      environment, of: try repository.vault.entriesByEnvironment(), in: repository)
    if let conflict = assembly.conflicts.first { throw conflict.failure }
    if let (entry, failure) = assembly.unusable.first {
      throw Failure(
        .malformed, "'\(entry.name)' cannot be rendered: \(failure.message)", hints: failure.hints)
    }
    let missing = assembly.missing(in: repository)
    guard missing.isEmpty else {
      throw Failure(
        .findings,
        "'\(environment)' requires a key that it lacks: \(missing.joined(separator: ", "))",
        hints: missing.map { "run 'keyvault add \(environment)/\($0)'" })
    }
    guard !assembly.slots.isEmpty else {
      throw Failure(.nothingToDo, "there is nothing to render in '\(environment)'")
    }
    return assembly
  }

  private func open(
    _ slots: [Assembly.Slot], gpg: GPG
  ) async throws(Failure) -> [(slot: Assembly.Slot, opened: OpenedEntry)] {
    let lanes = DecryptionLanes()
    let vault = repository.vault
    let signatures = SignatureGate(for: slots.map(\.entry), in: repository)
    let results = await withTaskGroup(of: (Int, Result<OpenedEntry, Failure>?).self) { group in
      for (index, slot) in slots.enumerated() {
        group.addTask {
          let result = await lanes.run {
            Result { () throws(Failure) in
              try vault.openBound(slot.entry, with: gpg, signatures: signatures)
            }
          }
          return (index, result)
        }
      }
      var results = [Result<OpenedEntry, Failure>?](repeating: nil, count: slots.count)
      for await (index, result) in group { results[index] = result }
      return results
    }
    var opened: [(slot: Assembly.Slot, opened: OpenedEntry)] = []
    for (slot, result) in zip(slots, results) {
      if let result { opened.append((slot, try result.get())) }
    }
    return opened
  }

  private func variables(
    of opened: [(slot: Assembly.Slot, opened: OpenedEntry)], in environment: String
  ) throws(Failure) -> [Variable] {
    var variables: [Variable] = []
    for (slot, entry) in opened {
      let format = entry.payload.withKey(slot.provider.format)
      let name = entry.sidecar?.variable ?? format?.variables?.first ?? slot.variable
      let origin = entry.name.path
      variables.append(Variable(name: name, value: .key(entry), origin: origin))
      for field in slot.provider.fields where entry.payload.fieldNames.contains(field.name) {
        guard let name = field.variable else { continue }
        variables.append(Variable(name: name, value: .field(entry, field.name), origin: origin))
      }
      if let base = try baseURL(of: slot, entry, in: environment) { variables.append(base) }
    }
    return try Self.checked(variables)
  }

  /// Names that may be rendered, each once; equal base URLs are no conflict.
  private static func checked(_ variables: [Variable]) throws(Failure) -> [Variable] {
    var seen: [String: Variable] = [:]
    var result: [Variable] = []
    for variable in variables {
      var objection = VariableName.objection(to: variable.name)
      if variable.isSecret { objection = objection ?? BaseURLVariable.objection(to: variable.name) }
      if let objection {
        throw Failure(.malformed, "'\(variable.origin)' cannot be rendered: \(objection)")
      }
      if let first = seen[variable.name] {
        if case .text(let a) = first.value, case .text(let b) = variable.value, a == b { continue }
        throw Failure(
          .malformed, "'\(first.origin)' and '\(variable.origin)' both give \(variable.name)",
          hints: [
            "give one of them its own variable: keyvault set \(variable.origin) env=OTHER_NAME"
          ]
        )
      }
      seen[variable.name] = variable
      result.append(variable)
    }
    return result.sorted { $0.name < $1.name }
  }
}
