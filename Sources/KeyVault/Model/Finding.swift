internal import HTTP
public import YAML

/// Something that a person wrote wrongly or should look at: data, never an exception.
public struct Finding: Sendable, Equatable, Codable {
  public enum Severity: String, Sendable, Codable, Comparable {
    case error, warning, note

    public static func < (a: Severity, b: Severity) -> Bool { a.order < b.order }

    private var order: Int {
      switch self {
      case .error: 0
      case .warning: 1
      case .note: 2
      }
    }
  }

  /// A stable kebab-case name, listed in `docs/findings.md`; never reused for something else.
  public var code: String
  public var severity: Severity
  /// Relative to the repository's root.
  public var file: String
  public var line: Int
  public var column: Int
  public var message: String
  public var hint: String?
  /// How many findings this one stands for, which are not listed; 0 for one that stands for itself.
  var omitted = 0

  private enum CodingKeys: String, CodingKey {
    case code, severity, file, line, column, message, hint
  }

  public init(
    _ code: Code, _ severity: Severity = .error, in file: String, at place: Place = .start,
    _ message: String, hint: String? = nil
  ) {
    self.init(
      code: code.rawValue, severity: severity, file: file, place: place, message: message,
      hint: hint)
  }

  init(
    code: String, severity: Severity, file: String, place: Place = .start, message: String,
    hint: String?
  ) {
    self.code = code
    self.severity = severity
    self.file = file
    self.line = place.line
    self.column = place.column
    // The file stays unchanged, to be compared; both of these are only shown.
    self.message = message.shortened(to: Limits.message).printable
    self.hint = hint?.shortened(to: Limits.message).printable
  }

  /// A variable that is well formed and still never rendered; the schemas have the same code.
  static func notAllowed(
    _ message: String, _ severity: Severity = .error, in file: String, at place: Place,
    hint: String? = nil
  ) -> Finding {
    Finding(
      code: "not-allowed", severity: severity, file: file, place: place, message: message,
      hint: hint)
  }

  /// Every key is written, also an absent hint, so that readers need not ask.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(code, forKey: .code)
    try container.encode(severity, forKey: .severity)
    try container.encode(file, forKey: .file)
    try container.encode(line, forKey: .line)
    try container.encode(column, forKey: .column)
    try container.encode(message, forKey: .message)
    try container.encode(hint, forKey: .hint)
  }

  /// `file:line:column: error[code]: message`, and the hint on a line of its own.
  public var text: String {
    let head = "\(file.printable):\(line):\(column): \(severity.rawValue)[\(code)]: \(message)"
    return hint.map { head + "\n  hint: \($0)" } ?? head
  }
}

extension Finding {
  /// A URL to which no key is sent unless a person allows it outside the repository, whatever a payload
  /// says; nil for others.
  static func needsPermission(
    _ origin: Origin, in file: String, at place: Place
  ) -> Finding? {
    guard !origin.isSameEverywhere else { return nil }
    let isPlain = origin.scheme == "http" && !origin.isLoopback
    return Finding(
      .needsPermission, isPlain ? .warning : .note, in: file, at: place,
      "this file alone cannot send keys to '\(origin)': "
        + (isPlain ? "it would travel without encryption" : "any local program may listen there"),
      hint: "allow it outside the repository: \(Shell("KEYVAULT_ALLOW_HOSTS=\(origin.permission)"))"
        + (origin.isLoopback ? ", or --gateway" : ""))
  }

  /// The codes of checks that no schema can express. Those of the schemas are
  /// `JSONSchema.Violation.Code`.
  public enum Code: String, Sendable, CaseIterable {
    case syntax
    case mergeConflict = "merge-conflict"
    case unreadable
    case idIsNotFileName = "id-is-not-file-name"
    case overridesBuiltIn = "overrides-built-in"
    case badURL = "bad-url"
    case needsPermission = "needs-permission"
    case badLength = "bad-length"
    case unknownProvider = "unknown-provider"
    case unknownEnvironment = "unknown-environment"
    case inheritCycle = "inherit-cycle"
    case sameVariable = "same-variable"
    case badEntryName = "bad-entry-name"
    case badPreview = "bad-preview"
    case differsInCase = "differs-in-case"
    case symbolicLink = "symbolic-link"
    case strayFile = "stray-file"
    case atRoot = "at-root"
    case noSidecar = "no-sidecar"
    case noKey = "no-key"
    case digestMismatch = "digest-mismatch"
    case notOpenPGP = "not-openpgp"
    case hiddenRecipient = "hidden-recipient"
    case noRecipients = "no-recipients"
    case badRecipient = "bad-recipient"
    case duplicateRecipient = "duplicate-recipient"
    case noPublicKey = "no-public-key"
    case manyPublicKeys = "many-public-keys"
    case demoRecipient = "demo-recipient"
    case badPublicKey = "bad-public-key"
    case secretKey = "secret-key"
    case recipientRevoked = "recipient-revoked"
    case recipientCannotRead = "recipient-cannot-read"
    case recipientWeak = "recipient-weak"
    case recipientExpired = "recipient-expired"
    case recipientExpires = "recipient-expires"
    case recipientMissing = "recipient-missing"
    case recipientUnexpected = "recipient-unexpected"
    case noHistory = "no-history"
    case noGPG = "no-gpg"
    case notSigned = "not-signed"
    case badSignature = "bad-signature"
    case wrongSigner = "wrong-signer"
    case signatureExpired = "signature-expired"
    case signatureOutdated = "signature-outdated"
    case signerExpired = "signer-expired"
    case signerRevoked = "signer-revoked"
    case noTrustedSigner = "no-trusted-signer"
    case recipientsChanged = "recipients-changed"
    case recipientsRolledBack = "recipients-rolled-back"
    case expired
    case rotationDue = "rotation-due"
    case exposed
    case staleCopy = "stale-copy"
    case acknowledgementExpired = "acknowledgement-expired"
    case rolledBack = "rolled-back"
    case entryRemoved = "entry-removed"
    case entryRestored = "entry-restored"
    case debtDropped = "debt-dropped"
    case repositoryAdded = "repository-added"
    case repositoryMoved = "repository-moved"
    case vaultChanged = "vault-changed"
    case policyLoosened = "policy-loosened"
    case protectionDropped = "protection-dropped"
    case environmentChanged = "environment-changed"
    case configurationChanged = "configuration-changed"
    case providerAdded = "provider-added"
    case providerChanged = "provider-changed"
    case providerRemoved = "provider-removed"
    case entryAdded = "entry-added"
    case entryChanged = "entry-changed"
    case sourceChanged = "source-changed"
    case plaintextKey = "plaintext-key"
    case notSearched = "not-searched"
    case ignoredByGit = "ignored-by-git"
    case recipientAdded = "recipient-added"
    case recipientRemoved = "recipient-removed"
    case publicKeyOlder = "public-key-older"
    case publicKeyRemoved = "public-key-removed"
    case baseUnreadable = "base-unreadable"
    case historyIncomplete = "history-incomplete"
    case attributesMissing = "attributes-missing"
    case schemaChanged = "schema-changed"
    case stateCommitted = "state-committed"
    case interrupted
    case gitInVault = "git-in-vault"
    case submodule
    case tooDeep = "too-deep"
    case tooManyFiles = "too-many-files"
    case historyTooLarge = "history-too-large"
    case moreFindings = "more-findings"
  }
}
