internal import Naming
internal import YAML

/// What a change of keyvault.yaml does to where an environment's keys go, and which it has.
struct EnvironmentChanges {
  /// Of the work tree's keyvault.yaml.
  let root: Node
  let now: Configuration
  let base: SteeringBase

  func findings() -> [Finding] {
    let before = base.configuration.environments
    return Set(before.keys).union(now.environments.keys).sortedTexts.flatMap { name in
      let (old, new) = (before[name], now.environments[name])
      return [
        gateway(new?.gateway, was: old?.gateway, in: name),
        inherit(new?.inherit ?? [], was: old?.inherit ?? [], in: name),
      ].compactMap(\.self)
    }
  }

  private func gateway(_ new: String?, was old: String?, in name: String) -> Finding? {
    guard new != old else { return nil }
    return finding(
      "gateway", new.map { Node(.string($0)) }, old.map { Node(.string($0)) }, in: name,
      // Without a gateway keys go to their providers. Gateways that many share tell accounts apart by the path.
      isElsewhere: new != nil)
  }

  private func inherit(_ new: [String], was old: [String], in name: String) -> Finding? {
    guard new != old else { return nil }
    func node(_ names: [String]) -> Node? {
      names.isEmpty ? nil : Node(.string(names.joined(separator: ", ")))
    }
    return finding("inherit", node(new), node(old), in: name, isElsewhere: false)
  }

  private func finding(
    _ field: String, _ new: Node?, _ old: Node?, in name: String, isElsewhere: Bool
  ) -> Finding {
    Finding(
      .environmentChanged, base.severity(isElsewhere: isElsewhere), in: Paths.configuration,
      at: root.place(of: ["environments", name, field]),
      "environment '\(name.printable(limit: 80))': " + base.sentence(field, new, was: old))
  }
}
