/// The candidate that was probably meant; nil where none is near.
///
/// Near is at most two slips (a letter too many, too few, another one, or two swapped), one in a
/// word of up to five letters, and less than half of the word. Case does not count.
package func nearest(to word: String, in candidates: [String]) -> String? {
  // Comparing takes time by the product of the lengths and by the number of words, and no key of ours is that
  // long, nor are there so many.
  guard word.utf8.count <= 256, candidates.count <= 10_000 else { return nil }
  let letters = Array(word.lowercased().unicodeScalars)
  guard letters.count <= 64 else { return nil }
  var best: (candidate: String, slips: Int)?
  for candidate in candidates where isNear(candidate.utf8.count, word.utf8.count) {
    let other = Array(candidate.lowercased().unicodeScalars)
    let limit = min(max(letters.count, other.count) <= 5 ? 1 : 2, best.map { $0.slips - 1 } ?? 2)
    guard abs(letters.count - other.count) <= limit else { continue }
    let slips = slips(from: letters, to: other)
    if slips <= limit, slips * 2 < other.count { best = (candidate, slips) }
  }
  return best?.candidate
}

/// Whether words of so many bytes can be two slips apart; a scalar has at most four bytes.
private func isNear(_ a: Int, _ b: Int) -> Bool { a <= 4 * (b + 2) && b <= 4 * (a + 2) }

/// The Damerau-Levenshtein distance in which no letter is changed twice.
private func slips(from a: [Unicode.Scalar], to b: [Unicode.Scalar]) -> Int {
  var before: [Int] = []
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var slips = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { slips = min(slips, before[j - 1] + 1) }
      row.append(slips)
    }
    (before, last) = (last, row)
  }
  return last[b.count]
}
