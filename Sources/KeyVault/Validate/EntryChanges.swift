internal import Naming
internal import YAML

/// What a change's sidecars say of where keys go and under which name, against those of its base; and the
/// entries that the base does not have.
struct EntryChanges {
  let repository: Repository
  let base: SteeringBase

  func findings(_ places: [ChangedPlace]) throws(Failure) -> [Finding] {
    let places = places.filter(\.hasCiphertext)
    let before = try base.snapshot.read(places.map(\.name.sidecarPath))
    return zip(places, before).flatMap { place, old -> [Finding] in
      guard base.snapshot.files[place.name.ciphertextPath] != nil else { return [added(place)] }
      // Invalid YAML is a finding of its own.
      guard let new = Self.root(place.sidecar) else { return [] }
      // Of a base that is not YAML nothing counts as known.
      let old = Self.root(old) ?? Node(.mapping([]))
      let isSameKey =
        !place.hasOtherKey
        || old["id"]?.string == new["id"]?.string && old["serial"]?.int == new["serial"]?.int
      return changes(at: place.name, isSameKey: isSameKey, from: old, to: new)
    }
  }

  /// What a sidecar says, nothing where there is none; nil for invalid YAML.
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

  private func changes(
    at name: EntryName, isSameKey: Bool, from old: Node, to new: Node
  ) -> [Finding] {
    let fields = ((old.mapping ?? []) + (new.mapping ?? [])).map(\.key)
    return Set(names: fields).sortedTexts.compactMap { field -> Finding? in
      let (before, now) = (old[field], new[field])
      guard before?.json != now?.json else { return nil }
      func finding(_ severity: Finding.Severity) -> Finding {
        Finding(
          .entryChanged, severity, in: name.sidecarPath, at: (now ?? new).place,
          base.sentence(field, now, was: before))
      }
      switch (PropertyWeight.entry[field] ?? .steers, field) {
      case (.steers, _): return finding(base.severity())
      case (.ofKey, _): return isSameKey ? finding(.warning) : nil
      case (.time, _): return isSameKey && Self.isLater(now, than: before) ? finding(.warning) : nil
      case (.prose, _): return finding(.note)
      case (.judged, "provider"): return provider(from: old, to: new, at: name).map(finding)
      case (.judged, "rotation"): return rotation(at: name, from: old, to: new)
      case (.judged, "exposed"):
        // RollbackChecks says that a mark is gone, or later.
        return isSameKey && before != nil && now != nil ? finding(.warning) : nil
      case (.judged, Acknowledgement.field): return acknowledgement(at: name, from: old, to: new)
      case (.judged, "retired"): return Self.claims(now, beyond: before) ? finding(.warning) : nil
      case (.judged, _): return nil
      }
    }
  }

  /// Texts of times are in the order of time; none is the latest.
  private static func isLater(_ now: Node?, than before: Node?) -> Bool {
    guard let now = now?.string else { return true }
    return before.map { ($0.string ?? "") < now } ?? true
  }

  /// Whether a proof is new or another, or a doubt is gone. That a key was not proven dead says nothing new.
  private static func claims(_ now: Node?, beyond before: Node?) -> Bool {
    let old = Dictionary((before?.stringPairs ?? []).map { (Name($0.name), $0.value) }) { $1 }
    let new = Dictionary((now?.stringPairs ?? []).map { (Name($0.name), $0.value) }) { $1 }
    return new.contains { old[$0.key] != $0.value && $0.value != Sidecar.Retired.unproven }
      || old.contains { new[$0.key] == nil && $0.value == Sidecar.Retired.unproven }
  }

  /// How grave it is that the key is another provider's; nil if it is not.
  private func provider(from old: Node, to new: Node, at name: EntryName) -> Finding.Severity? {
    let provider = new["provider"]?.string ?? name.name
    guard provider != old["provider"]?.string ?? name.name else { return nil }
    return base.severity(isElsewhere: isElsewhere(provider, old, name))
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
