import KeyVault

/// What is said outside of the repository: whom to trust, where keys may travel, and under which names they are
/// rendered.
extension Session {
  /// Whose signatures count in the repository at `root`. Throws if what says so is broken.
  func trust(in root: String) throws(Failure) -> SigningTrust {
    try SigningTrust(surroundings.signingVariables, configuration: configuration(in: root))
  }

  /// Where keys may travel, by what is said outside the repository. Throws if what says so is broken.
  func policy() throws(Failure) -> OriginPolicy {
    let root = try? self.root()
    return try OriginPolicy(
      parsing: surroundings.allowedHosts, definitions: surroundings.allowedProviders,
      configuration: configuration(in: root ?? surroundings.workingFolder))
  }

  /// Under which names keys of the repository at `root` may be rendered besides those that are known.
  func names(in root: String) throws(Failure) -> NamePolicy {
    try NamePolicy(parsing: surroundings.allowedNames, and: configuration(in: root).names)
  }

  /// What the user's configuration says of the repository at `root`.
  private func configuration(in root: String) throws(Failure) -> UserConfiguration.Trust {
    if let trust, trust.root == root { return trust.said }
    try UserConfiguration.check(surroundings.configurationPath, isOutside: root)
    let said = try userConfiguration().trust(in: root)
    trust = (root, said)
    return said
  }

  /// The user's configuration, which is read once.
  func userConfiguration() throws(Failure) -> UserConfiguration {
    if let configuration { return configuration }
    let read = try surroundings.configuration()
    configuration = read
    return read
  }
}
