internal import JSONSchema

/// "Did you mean": the known word that is closest to a mistyped one.
package enum Suggestion {
  /// nil where nothing is close enough to be helpful.
  package static func closest(to word: String, among known: some Sequence<String>) -> String? {
    nearest(to: word, in: Array(known))
  }
}
