/// The number of a key at its place, from 1. Each change of the key adds one.
enum Serial {
  static let greatest = 1_000_000_000
  /// Commits between two that are seen may be missing.
  static let greatestLeap = 1000
}
