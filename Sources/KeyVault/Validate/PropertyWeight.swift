internal import Naming

/// What `validate --base` makes of a change of a property. One that no table has is reported as what steers
/// keys, so that a new property of a schema is never passed over.
enum PropertyWeight: Sendable {
  /// It decides where keys go, under which name, or what they are worth: reported.
  case steers
  /// Reported where the key is the base's own: it says of the same key something else.
  case ofKey
  /// A time of the key: reported where the key is the base's own and the time is later, or gone.
  case time
  /// For people to read: a note.
  case prose
  /// A check of its own knows what is a loss and what is not.
  case judged(by: Any.Type)
}

extension PropertyWeight {
  /// Of a sidecar.
  static let entry: [Name: PropertyWeight] = [
    "id": .judged(by: RollbackChecks.self), "serial": .judged(by: RollbackChecks.self),
    "digest": .judged(by: EntryChecks.self), "signature": .judged(by: SignatureChecks.self),
    "provider": .judged(by: EntryChanges.self), "rotation": .judged(by: EntryChanges.self),
    "exposed": .judged(by: EntryChanges.self), "retired": .judged(by: EntryChanges.self),
    "acknowledged": .judged(by: EntryChanges.self),
    "env": .steers, "disabled": .steers,
    "preview": .ofKey, "created": .time, "rotated": .time, "expires": .time,
    "owner": .prose, "description": .prose,
  ]

  /// Of a provider file, by names such as `auth` and `key.formats`.
  static let provider: [Name: PropertyWeight] = Dictionary(
    Provider.Source.protected.map { ($0, .steers) }
      + ["id", "capabilities", "links"].map { (Name($0), .steers) }
      + ["name", "description", "logo", "concurrency"].map { (Name($0), .prose) },
    uniquingKeysWith: { first, _ in first })

  /// Of keyvault.yaml.
  static let configuration: [Name: PropertyWeight] = [
    "version": .judged(by: SchemaLibrary.self), "vault": .judged(by: LooseningChecks.self),
    "environments": .judged(by: EnvironmentChanges.self), "preferences": .steers,
    "policy": .judged(by: LooseningChecks.self),
  ]

  /// Of an environment in it.
  static let environment: [Name: PropertyWeight] = [
    "description": .prose, "gateway": .judged(by: EnvironmentChanges.self),
    "inherit": .judged(by: EnvironmentChanges.self),
    "require": .judged(by: LooseningChecks.self), "writers": .judged(by: LooseningChecks.self),
    "protected": .judged(by: LooseningChecks.self), "rotation": .judged(by: LooseningChecks.self),
  ]

  /// Of its policy.
  static let policy: [Name: PropertyWeight] = Dictionary(
    [
      "rotation", "recipient_warn", "exposed_grace", "preview", "cache", "unbound", "hidden",
      "signatures", "writers",
    ].map { (Name($0), .judged(by: LooseningChecks.self)) }, uniquingKeysWith: { first, _ in first }
  )
}
