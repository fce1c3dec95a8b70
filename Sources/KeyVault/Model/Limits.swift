/// How much a repository may make a command read. The author of a pull request decides how large
/// its files are, how many there are, and how deep its folders are nested, so each of them has a
/// bound.
enum Limits {
  // Bytes of one file, or of one object of git.
  static let document = 1 << 20
  static let sidecar = 64 << 10
  static let ciphertext = 1 << 20
  static let key = 64 << 10
  /// Bytes of ciphertexts that are kept while the environments that they are in are looked at.
  static let ciphertexts = 16 << 20
  static let report = 32 << 20

  /// Folders in one another, below `vault/` or in a password store.
  static let depth = 16
  /// Folders that one walk enters.
  static let folders = 5_000
  /// Names in one folder, and in all folders that one walk enters.
  static let names = 50_000

  /// Entries that one command opens to render them, and old keys of one entry that it opens.
  static let opened = 500
  /// Keys that are tried, one after the other, for one that serves.
  static let tries = 100

  /// Bytes of all lists of recipients together.
  static let listBytes = 4 << 20

  /// Files of `providers.d`, and bytes of all of them together.
  static let providers = 1_000
  static let providerBytes = 16 << 20

  /// Findings about one file, and in all, of each of two kinds: errors, and the others.
  static let findingsPerFile = 1_000
  static let findings = 4_000
  /// Bytes of the paths, messages, and hints of one kind.
  static let findingBytes = 1 << 20
  /// Of one code, however many there are of others: in all, their bytes, and about one file.
  static let findingsPerCode = 250
  static let findingBytesPerCode = 64 << 10
  static let findingsPerFileAndCode = 100
  /// Scalars of one message.
  static let message = 1_000
  /// Hints such as "did you mean", which need a comparison with each known name.
  static let suggestions = 100
  /// Keys that are not there, in one report.
  static let missingKeys = 1_000

  /// Public keys in a history, about each of which gpg is asked.
  static let publicKeyVersions = 2_000
  /// Bytes of objects of git that are kept at a time.
  static let objects = 128 << 20
  /// Bytes of the sidecars that a change has otherwise than its base.
  static let changedSidecars = 64 << 20
  /// Folders and entries that environments inherit, each counted as often as it is inherited.
  static let sourceSteps = 2_000_000
  /// Bytes that are searched for keys in what one change brings.
  static let searched = 256 << 20
  /// Files of one commit, and changes of files in a history.
  static let files = 200_000
  static let changes = 250_000
  /// Commits that are compared with a patch whose own commit git does not name.
  static let pastCommits = 8
}
