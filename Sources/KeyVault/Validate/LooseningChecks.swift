internal import Naming
internal import YAML

/// What a change of `keyvault.yaml` allows that its base did not: nothing that is wrong, but nothing
/// that a reviewer may miss either.
struct LooseningChecks {
  /// Of the work tree's file.
  let root: Node
  let now: Configuration
  let before: Configuration
  /// For messages.
  let base: String
  /// Of what is looser.
  let severity: Finding.Severity

  func findings() -> [Finding] {
    identity() + policy() + rotation() + requirements() + writers() + protection()
  }

  private func identity() -> [Finding] {
    guard now.vaultID != before.vaultID else { return [] }
    return [
      Finding(
        .vaultChanged, in: Paths.configuration, at: root["vault"]?.place ?? .start,
        "this is not the vault's id in \(base), to which every key is bound",
        hint: "restore '\(before.vaultID.printable(limit: 64))'")
    ]
  }

  private func policy() -> [Finding] {
    let (now, before) = (now.policy, before.policy)
    let days = Self.days
    var findings: [Finding] = []
    func add(_ path: [String], _ isLooser: Bool, _ old: String, _ new: String) {
      guard isLooser else { return }
      findings.append(
        loosened(path, "'\(path.last ?? "")' is looser than in \(base): \(new), was \(old)"))
    }
    add(["policy", "unbound"], now.allowsUnbound && !before.allowsUnbound, "refuse", "allow")
    add(
      ["policy", "hidden"], now.allowsHiddenRecipients && !before.allowsHiddenRecipients,
      "refuse", "allow")
    add(
      ["policy", "signatures"], now.signatures < before.signatures, before.signatures.rawValue,
      now.signatures.rawValue)
    add(
      ["policy", "rotation", "max_age"], (now.maxAge ?? .max) > (before.maxAge ?? .max),
      days(before.maxAge), days(now.maxAge))
    add(
      ["policy", "rotation", "warn"], now.warn < before.warn, days(before.warn), days(now.warn))
    add(
      ["policy", "recipient_warn"], now.recipientWarn < before.recipientWarn,
      days(before.recipientWarn), days(now.recipientWarn))
    add(
      ["policy", "exposed_grace"], now.exposedGrace > before.exposedGrace,
      days(before.exposedGrace), days(now.exposedGrace))
    add(
      ["policy", "preview"], now.preview > before.preview, "\(before.preview)", "\(now.preview)")
    add(["policy", "cache"], now.allowsCache && !before.allowsCache, "off", "on")
    return findings
  }

  /// Of an environment where it says otherwise than those above it.
  private func rotation() -> [Finding] {
    Set(now.environments.keys).union(before.environments.keys).sortedTexts.flatMap { name in
      let (own, old) = (now.environments[name], before.environments[name])
      var findings: [Finding] = []
      guard own?.maxAge != old?.maxAge || own?.warn != old?.warn else { return findings }
      let (new, known) = (now.policy(in: name), before.policy(in: name))
      let place = ["environments", name, "rotation"]
      let looser = "in '\(name.printable(limit: 80))' is looser than in \(base):"
      if (new.maxAge ?? .max) > (known.maxAge ?? .max) {
        findings.append(
          loosened(
            place,
            "'max_age' \(looser) \(Self.days(new.maxAge)), was \(Self.days(known.maxAge))"))
      }
      if new.warn < known.warn {
        findings.append(
          loosened(place, "'warn' \(looser) \(Self.days(new.warn)), was \(Self.days(known.warn))"))
      }
      return findings
    }
  }

  private static func days(_ count: Int?) -> String {
    count.map { KeyVault.count($0, "day") } ?? "no limit"
  }

  private func requirements() -> [Finding] {
    before.environments.sorted { $0.key < $1.key }.flatMap { name, environment in
      let kept = Set(names: now.environments[name]?.require ?? [])
      return environment.require.filter { !kept.contains($0) }.map { provider in
        loosened(
          ["environments", name.text, "require"],
          "'\(name.printable(limit: 80))' does not require '\(provider)' any more, as in \(base)")
      }
    }
  }

  /// Who may sign where only some might.
  private func writers() -> [Finding] {
    let new = SigningRules(now, trust: .none)
    let old = SigningRules(before, trust: .none)
    return Set(new.declared.keys).union(old.declared.keys).sortedTexts.compactMap { folder in
      guard let known = old.declaredWriters(of: folder) else { return nil }
      let added = new.declaredWriters(of: folder)?.subtracting(known)
      guard added?.isEmpty != true else { return nil }
      let whom = added.map { $0.sortedTexts.joined(separator: ", ") } ?? "any trusted signer"
      let place = folder.isEmpty ? ["policy", "writers"] : ["environments", folder, "writers"]
      let shown = folder.isEmpty ? Paths.vault : "\(Paths.vault)/\(folder.printable(limit: 80))"
      return loosened(place, "\(whom) may sign in '\(shown)', and may not in \(base)")
    }
  }

  private func protection() -> [Finding] {
    before.environments.filter(\.value.isProtected).sortedKeys
      .filter { !now.isProtected($0) }.map { name in
        Finding(
          .protectionDropped, in: Paths.configuration,
          at: root.place(of: ["environments", name, "protected"]),
          "'\(name.printable(limit: 80))' is not protected any more, and is in \(base)",
          hint: "restore 'protected: true'")
      }
  }

  private func loosened(_ path: [String], _ message: String) -> Finding {
    Finding(
      .policyLoosened, severity, in: Paths.configuration, at: root.place(of: path), message)
  }
}

extension Node {
  /// The place of the value at that path, or of the nearest one above it that exists.
  func place(of path: [String]) -> Place {
    var node = self
    for key in path {
      guard let next = node[key] else { return key == path.first ? .start : node.place }
      node = next
    }
    return node.place
  }
}
