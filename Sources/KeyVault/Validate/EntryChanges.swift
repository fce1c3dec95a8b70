internal import Naming
internal import YAML

/// What a change's sidecars say of where keys go and under which name, against those of its base; and the
/// entries that the base does not have.
struct EntryChanges {
  let repository: Repository
  let base: SteeringBase

  func findings(_ places: [ChangedPlace]) throws(Failure) -> [Finding] {
    let places = places.filter { $0.ciphertext != nil }
    let before = try base.snapshot.read(places.map(\.name.sidecarPath))
    return zip(places, before).flatMap { place, old -> [Finding] in
      guard base.snapshot.files[place.name.ciphertextPath] != nil else { return [added(place)] }
      // What is no YAML is a finding of its own.
      guard let new = Self.root(place.sidecar), let old = Self.root(old) else { return [] }
      return changes(at: place.name, from: old, to: new)
    }
  }

  /// What a sidecar says, nothing where there is none; nil for what is no YAML.
  private static func root(_ bytes: [UInt8]?) -> Node? {
    guard let bytes else { return Node(.mapping([])) }
    return try? Document(parsing: bytes).root
  }

  private func added(_ place: ChangedPlace) -> Finding {
    let name = place.name
    let root = place.sidecar.flatMap { try? Document(parsing: $0).root }
    let provider = (root?["provider"]?.string ?? name.name).printable(limit: 80)
    let variable = root?["env"]?.string.map { ", rendered as '\($0.printable(limit: 80))'" } ?? ""
    return Finding(
      .entryAdded, .warning, in: root == nil ? name.ciphertextPath : name.sidecarPath,
      "this entry is not in \(base.name): a key of '\(provider)'\(variable)")
  }

  private func changes(at name: EntryName, from old: Node, to new: Node) -> [Finding] {
    func finding(_ field: String, isElsewhere: Bool = false) -> Finding? {
      guard old[field]?.json != new[field]?.json else { return nil }
      return Finding(
        .entryChanged, base.severity(isElsewhere: isElsewhere), in: name.sidecarPath,
        at: (new[field] ?? new).place, base.sentence(field, new[field], was: old[field]))
    }
    let provider = new["provider"]?.string ?? name.name
    let isOther = provider != old["provider"]?.string ?? name.name
    return [
      isOther ? finding("provider", isElsewhere: isElsewhere(provider, old, name)) : nil,
      finding("env"), finding("disabled"), rotation(at: name, from: old, to: new),
      acknowledgement(at: name, from: old, to: new),
    ].compactMap(\.self)
  }

  private func isElsewhere(_ provider: String, _ old: Node, _ name: EntryName) -> Bool {
    let before = base.definition(of: old["provider"]?.string ?? name.name)
    // Of one that is not known, nothing is sent.
    guard let now = (try? repository.catalogue.provider(provider)) ?? nil else { return false }
    return now.goesElsewhere(than: before.map { Provider($0, source: .file) })
  }

  /// How old the key may grow, by the base's policy where the sidecar says nothing.
  private func rotation(at name: EntryName, from old: Node, to new: Node) -> Finding? {
    let general = base.configuration.policy(in: name.environment).maxAge
    func days(_ root: Node) -> Int { root["rotation"]?["max_age"]?.days ?? general ?? .max }
    guard days(new) > days(old) else { return nil }
    return Finding(
      .entryChanged, base.severity(), in: name.sidecarPath, at: (new["rotation"] ?? new).place,
      base.sentence(
        "rotation.max_age", new["rotation"]?["max_age"], was: old["rotation"]?["max_age"]))
  }
}
