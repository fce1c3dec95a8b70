internal import Naming

/// Names of environment variables that may be rendered. A name from a repository can
/// run code as well as a value can: `BASH_ENV`, `LD_PRELOAD`.
enum VariableName {
  /// Why a name is refused; nil if it is not. No flag, permission or signature overrides this.
  static func objection(to name: String) -> String? {
    guard let first = name.utf8.first, (0x41...0x5a).contains(first),
      name.utf8.allSatisfy({
        (0x41...0x5a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
      })
    else { return "a variable's name is capital letters, digits and '_', a letter first" }
    return SteeringName.holds(name) ? "'\(name)' steers programs, so it is never rendered" : nil
  }

  /// Whether a name that has no objection is known as one that holds a credential, so that a
  /// repository may use it without a permission.
  static func isListed(_ name: String) -> Bool {
    if isKnown(name) { return true }
    // Programs read such a variable as the path of a file with the credential.
    guard name.hasSuffix(fileSuffix) else { return false }
    let base = String(name.dropLast(fileSuffix.utf8.count))
    return isKnown(base) && BaseURLVariable.owners(of: base).isEmpty
  }

  /// What `exec --files` puts behind a name.
  static let fileSuffix = "_FILE"

  private static func isKnown(_ name: String) -> Bool {
    if embedded.contains(name) || ofApplications.contains(name) { return true }
    return suffixes.contains { name.utf8.count > $0.utf8.count && name.hasSuffix($0) }
      && !doubtful.contains(name)
  }

  /// How names of credentials end.
  static let suffixes = [
    "_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_CREDENTIALS", "_WEBHOOK", "_ID", "_USER", "_REGION",
  ]

  /// Whether the built-in catalogue has a name.
  static func isEmbedded(_ name: String) -> Bool { embedded.contains(name) }

  private static let embedded = Set(names: Embedded.variables)

  /// Addresses that have their own credential inside, and credentials whose names have no such ending.
  private static let ofApplications: Set<Name> = [
    "AMQP_URL", "AWS_BEARER_TOKEN_BEDROCK", "AZURE_STORAGE_CONNECTION_STRING", "BROKER_URL",
    "CELERY_BROKER_URL", "CLOUDAMQP_URL", "CLOUDINARY_URL", "DATABASE_URL", "DISCORD_WEBHOOK_URL",
    "MARIADB_URL", "MONGODB_URI", "MONGODB_URL", "MONGO_URI",
    "MONGO_URL", "MYSQL_PWD", "MYSQL_URL", "PGPASSWORD", "POSTGRESQL_URL", "POSTGRES_URL",
    "RABBITMQ_URL", "REDISCLI_AUTH", "REDIS_URL", "SECRET_KEY_BASE", "SENTRY_DSN",
    "SLACK_WEBHOOK_URL", "SMTP_URL", "SQLALCHEMY_DATABASE_URI",
  ]

  /// Libraries read a document from these, or from the file that they name, that can say which files to read and
  /// to which hosts to send them; R takes `R_USER` for a folder of code.
  private static let doubtful: Set<Name> = [
    "ALIBABA_CLOUD_CREDENTIALS", "GOOGLE_BACKEND_CREDENTIALS", "GOOGLE_CREDENTIALS",
    "IBM_CREDENTIALS", "R_USER",
  ]
}
