internal import JSONSchema

/// "Did you mean": the known word that is closest to a mistyped one.
package enum Suggestion {
  /// nil where nothing is close enough to be helpful.
  package static func closest(to word: String, among known: some Sequence<String>) -> String? {
    nearest(to: word, in: Array(known))
  }
}

/// Suggestions for many mistyped words: for the first so many of them, since each is compared with all that
/// are known.
struct Suggestions {
  private let known: [String]
  private var left = Limits.suggestions

  init(among known: [String]) {
    self.known = known
  }

  mutating func next(for word: String) -> String? {
    guard left > 0 else { return nil }
    left -= 1
    return Suggestion.closest(to: word, among: known)
  }
}
