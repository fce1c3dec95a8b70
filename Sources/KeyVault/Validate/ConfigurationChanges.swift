internal import Naming
internal import YAML

/// The properties of keyvault.yaml that a change has set to another value than its base, except those that
/// another check judges.
struct ConfigurationChanges {
  /// Of the changed keyvault.yaml.
  let root: Node
  let base: SteeringBase

  func findings() -> [Finding] {
    changes(PropertyWeight.configuration, from: base.root, to: root, at: [])
      + changes(
        PropertyWeight.policy, from: base.root["policy"], to: root["policy"], at: ["policy"])
      + Self.keys(base.root["environments"], root["environments"]).flatMap { name in
        changes(
          PropertyWeight.environment, from: base.root["environments"]?[name],
          to: root["environments"]?[name], at: ["environments", name])
      }
  }

  private func changes(
    _ table: [Name: PropertyWeight], from old: Node?, to new: Node?, at path: [String]
  ) -> [Finding] {
    Self.keys(old, new).compactMap { key -> Finding? in
      let severity: Finding.Severity
      switch table[key] ?? .steers {
      case .judged: return nil
      case .prose: severity = .note
      case .steers, .ofKey, .time: severity = base.severity()
      }
      let path = path + [key]
      let name = path.map { $0.printable(limit: 80) }.joined(separator: ".")
      guard let difference = Difference(old?[key], new?[key], at: name) else { return nil }
      return Finding(
        .configurationChanged, severity, in: Paths.configuration,
        at: difference.new?.place ?? root.place(of: path),
        base.sentence(difference.path, difference.new, was: difference.old))
    }
  }

  private static func keys(_ old: Node?, _ new: Node?) -> [String] {
    Set(names: ((old?.mapping ?? []) + (new?.mapping ?? [])).map(\.key)).sortedTexts
  }
}
