internal import Naming

/// Who may sign what: whom the person trusts, narrowed by keyvault.yaml. Of another commit's keyvault.yaml
/// it makes the rules of that commit.
public struct SigningRules: Sendable {
  /// The stricter of both sides.
  public let policy: SignaturePolicy
  /// Whom the person trusts, anywhere.
  let signers: Set<Name>
  /// By folder, empty for the whole vault.
  let declared: [Name: Set<Name>]

  init(
    _ configuration: Configuration, trust: SigningTrust, atLeast policy: SignaturePolicy = .off
  ) {
    self.policy = [policy, trust.least, configuration.policy.signatures].max() ?? .required
    signers = trust.signers
    var declared = configuration.environments.compactMapValues { $0.writers.map { Set(names: $0) } }
    declared[""] = configuration.policy.writers.map { Set(names: $0) }
    self.declared = declared
  }

  /// Fingerprints of those whose signature counts in `folder` and in all below that says nothing.
  func writers(of folder: String) -> Set<Name> {
    declaredWriters(of: folder).map(signers.intersection) ?? signers
  }

  /// Whether a key may sign in `folder`. Without trusted signers, keyvault.yaml alone decides.
  func mayWrite(_ fingerprint: String, in folder: String) -> Bool {
    (signers.isEmpty || signers.contains(fingerprint))
      && declaredWriters(of: folder)?.contains(fingerprint) != false
  }

  /// Those of the nearest folder that has some; nil if none has.
  func declaredWriters(of folder: String) -> Set<Name>? {
    var parts = folder.split(separator: "/")
    while true {
      if let writers = declared[parts.joined(separator: "/")] { return writers }
      guard parts.popLast() != nil else { return nil }
    }
  }
}
