internal import GPG
public import Naming

/// Whose signatures count, and what is required at least: configured outside the repository, since
/// a change of the repository could otherwise name its own signers.
public struct SigningTrust: Sendable, Equatable {
  /// Full fingerprints of primary keys.
  public let signers: Set<Name>
  /// keyvault.yaml can ask for more and never for less.
  public let least: SignaturePolicy
  /// Whom to sign as: the first with a secret key here. Empty: the one signer with a secret key here.
  public let keys: [String]
  /// Whom `pass` takes for signers of `.gpg-id`.
  public let passKeys: [String]

  /// The values of variables, nil where one is not set.
  public struct Variables: Sendable {
    /// `KEYVAULT_TRUSTED_SIGNERS`.
    public var signers: String?
    /// `KEYVAULT_SIGNATURES`.
    public var least: String?
    /// `KEYVAULT_SIGNING_KEY`.
    public var key: String?
    /// `PASSWORD_STORE_SIGNING_KEY`.
    public var passKeys: String?

    public init(
      signers: String? = nil, least: String? = nil, key: String? = nil, passKeys: String? = nil
    ) {
      self.signers = signers
      self.least = least
      self.key = key
      self.passKeys = passKeys
    }
  }

  /// No trusted signers, and no required signatures.
  public static let none = SigningTrust()

  private init() {
    (signers, least, keys, passKeys) = ([], .off, [], [])
  }

  /// By default there are no trusted signers and no required signatures. Of several lists of
  /// signers the most specific decides alone: the variable, the user's configuration, the variable
  /// of `pass`.
  ///
  /// Throws if a value cannot be understood: a signer that is left out would be noticed, a policy not.
  public init(
    _ variables: Variables,
    configuration: UserConfiguration.Trust = UserConfiguration.Trust()
  ) throws(Failure) {
    passKeys = try Self.fingerprints(variables.passKeys, in: "PASSWORD_STORE_SIGNING_KEY")
    let named = try Self.fingerprints(variables.signers, in: "KEYVAULT_TRUSTED_SIGNERS")
    let trusted = named.isEmpty ? configuration.signers : named
    signers = Set(names: trusted.isEmpty ? passKeys : trusted)
    let own = try Self.fingerprints(variables.key, in: "KEYVAULT_SIGNING_KEY")
    keys = own.isEmpty ? passKeys : own
    // A person who names trusted signers wants to hear of what is not signed.
    let implied: SignaturePolicy = trusted.isEmpty ? .off : .optional
    least = [implied, configuration.least, try Self.policy(variables.least)].max() ?? .off
  }

  private static func policy(_ text: String?) throws(Failure) -> SignaturePolicy {
    guard let text else { return .off }
    guard let policy = SignaturePolicy(rawValue: text), policy != .off else {
      throw Failure(
        .usage,
        "KEYVAULT_SIGNATURES is '\(text.printable(limit: 40))', not 'optional' or 'required'")
    }
    return policy
  }

  private static func fingerprints(
    _ text: String?, in variable: String
  ) throws(Failure) -> [String] {
    let words =
      text?.unicodeScalars.split { $0 == "," || $0.properties.isWhitespace }.map(Substring.init)
      ?? []
    var found: [String] = []
    for word in words {
      guard word.utf8.count == 40, Key.isFingerprint(String(word)) else {
        throw Failure(
          .usage,
          "\(variable): invalid fingerprint '\(String(word).printable(limit: 80))': "
            + "expected 40 hex digits",
          hints: ["gpg --list-keys --fingerprint shows them; leave out the spaces"])
      }
      found.append(word.uppercased())
    }
    return found
  }
}
