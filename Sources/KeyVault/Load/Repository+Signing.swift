extension Repository {
  /// What counts here, by this keyvault.yaml.
  public var signingRules: SigningRules {
    SigningRules(configuration, trust: signing?.trust ?? .none)
  }

  /// Whether the policy of ``signingRules`` is that signatures are required.
  var requiresSignatures: Bool {
    configuration.policy.signatures == .required || signing?.trust.least == .required
  }
}
