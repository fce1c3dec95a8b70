internal import HTTP
public import Naming

/// A variable that decides to which server programs send keys: a base URL, or a field that is a part of the
/// server's name.
struct Address {
  let variable: Rendering.Variable
  let origin: Origin

  /// The variables in which programs look for the keys that they send there.
  var keyVariables: Set<Name> { Self.keyVariables(beside: variable.name) }

  static func keyVariables(beside address: String) -> Set<Name> {
    Set(
      names: BaseURLVariable.owners(of: address).compactMap(BuiltIn.provider)
        .flatMap(\.allVariables))
  }
}

extension Rendering {
  /// What is left of `variables` and `addresses`. An address that only the repository names is judged for
  /// every key that programs send there, not only for the one that brings it: it is rendered beside that
  /// one, and beside no key that may not be sent there.
  func fitting(
    _ variables: [Variable], with addresses: [Address]
  ) -> (variables: [Variable], refused: [Refused]) {
    var all = variables + addresses.map(\.variable)
    var refused: [Refused] = []
    let narrow = (addresses + variables.compactMap(hostField)).filter {
      !policy.allowsAnyKey($0.origin)
    }
    for address in narrow {
      let stranger = keys(of: variables, beside: address).first {
        !mayTravel($0, to: address.origin)
      }
      guard let stranger else { continue }
      all.removeAll { $0.name == address.variable.name }
      refused.append(
        Refused(address, "the key of '\(stranger.origin)' may not be sent to \(address.origin)"))
    }
    for address in narrow {
      let own = address.variable
      guard !keys(of: variables, beside: address).contains(where: { $0.origin == own.origin })
      else {
        continue
      }
      all.removeAll { $0.name == own.name && $0.origin == own.origin }
      guard !all.contains(where: { $0.name == own.name }),
        !refused.contains(where: { $0.variable == own.name })
      else { continue }
      refused.append(
        Refused(
          address, "'\(own.origin)' gives no key that programs would send to \(address.origin)"))
    }
    return (all, refused)
  }

  private func keys(of variables: [Variable], beside address: Address) -> [Variable] {
    let names = address.keyVariables
    return variables.filter { $0.isKey && names.contains(Name($0.name)) }
  }

  /// Variables of keys that a command must not inherit beside what is rendered: it would send them to an
  /// address that only this repository names. Each with what permits the address, as `KEYVAULT_ALLOW_HOSTS`
  /// has it; nil where that is not known.
  public func strangers(beside variables: [Variable]) -> [Name: String?] {
    variables.reduce(into: [:]) { strangers, variable in
      let origin = origin(of: variable)
      if let origin, policy.allowsAnyKey(origin) { return }
      for name in Address.keyVariables(beside: variable.name) {
        strangers[name] = .some(origin?.permission)
      }
    }
  }

  /// Where programs send keys by a variable; nil where it does not hold an address.
  private func origin(of variable: Variable) -> Origin? {
    switch variable.value {
    case .key: nil
    case .field: hostField(variable)?.origin
    case .text(let text): (try? WebURL(text))?.origin
    }
  }

  /// A field that a program makes a server's name of.
  private func hostField(_ variable: Variable) -> Address? {
    guard case .field(let entry, let name) = variable.value,
      let found = try? repository.catalogue.provider(entry.provider)
    else { return nil }
    let provider = policy.definition(found)
    guard provider.hostFields.contains(name),
      let base = provider.baseURL(entry.payload.hostFields(of: provider)),
      let url = try? WebURL(base)
    else { return nil }
    return Address(variable: variable, origin: url.origin)
  }

  private func mayTravel(_ variable: Variable, to origin: Origin) -> Bool {
    guard case .key(let entry) = variable.value,
      let provider = try? repository.catalogue.provider(entry.provider)
    else { return false }
    return policy.allows(
      origin, provider: entry.provider,
      fields: entry.payload.hostFields(of: policy.definition(provider)),
      payloadHosts: entry.payload.hosts)
  }
}

extension Rendering.Refused {
  fileprivate init(_ address: Address, _ reason: String) {
    self.init(
      variable: address.variable.name, reason: reason,
      hint: "allow it: \(Shell("KEYVAULT_ALLOW_HOSTS=\(address.origin.permission)"))")
  }
}
