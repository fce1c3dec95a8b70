/// Who may sign what: whom the person trusts, narrowed by keyvault.yaml. Of another commit's keyvault.yaml
/// it makes the rules of that commit.
public struct SigningRules: Sendable {
  /// The stricter of both sides.
  public let policy: SignaturePolicy
  /// Whom the person trusts, anywhere.
  let signers: Set<String>
  /// By folder, empty for the whole vault.
  private let declared: [String: Set<String>]

  init(_ configuration: Configuration, trust: SigningTrust) {
    policy = max(trust.least, configuration.policy.signatures)
    signers = trust.signers
    var declared = configuration.environments.compactMapValues { $0.writers.map(Set.init) }
    declared[""] = configuration.policy.writers.map(Set.init)
    self.declared = declared
  }

  /// Fingerprints of those whose signature counts in `folder` and in all below that says nothing.
  func writers(of folder: String) -> Set<String> {
    declaredWriters(of: folder).map(signers.intersection) ?? signers
  }

  /// Whether somebody may sign in `folder`. Who trusts nobody signs as keyvault.yaml says.
  func mayWrite(_ fingerprint: String, in folder: String) -> Bool {
    (signers.isEmpty || signers.contains(fingerprint))
      && declaredWriters(of: folder)?.contains(fingerprint) != false
  }

  /// Those of the nearest folder that has some; nil if none has.
  private func declaredWriters(of folder: String) -> Set<String>? {
    var parts = folder.split(separator: "/")
    while true {
      if let writers = declared[parts.joined(separator: "/")] { return writers }
      guard parts.popLast() != nil else { return nil }
    }
  }
}
