internal import YAML

extension NamePolicy {
  /// What is wrong with the name of a variable at `node`: an error where it is never rendered, a warning
  /// where it needs a permission. `entry` is the one whose sidecar says it, `provider` the one whose field
  /// it carries; `isVouched`: a permission was given elsewhere.
  func findings(
    _ node: Node, in file: String, of entry: EntryName? = nil, fieldOf provider: String? = nil,
    isVouched: Bool = false
  ) -> [Finding] {
    guard let name = node.string else { return [] }
    let objection =
      VariableName.objection(to: name) ?? BaseURLVariable.objection(to: name, fieldOf: provider)
    if let objection { return [.notAllowed(objection, in: file, at: node.place)] }
    guard !isVouched, !allows(name) else { return [] }
    return [
      .notAllowed(
        Self.objection(to: name) + ", so it is rendered only where a person allows it", .warning,
        in: file, at: node.place, hint: Self.hints(for: name, in: entry).joined(separator: "; or "))
    ]
  }
}
