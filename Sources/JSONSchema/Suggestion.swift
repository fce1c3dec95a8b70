/// The candidate that was probably meant; nil where none is near.
///
/// Near is at most two slips (a letter too many, too few, another one, or two swapped), one in a
/// word of up to five letters, and less than half of the word. Case does not count.
package func nearest(to word: String, in candidates: [String]) -> String? {
  let letters = Array(word.lowercased().unicodeScalars)
  // Comparing takes time by the product of the lengths, and no key of ours is that long.
  guard letters.count <= 64 else { return nil }
  var best: (candidate: String, slips: Int)?
  for candidate in candidates {
    let other = Array(candidate.lowercased().unicodeScalars)
    let limit = min(max(letters.count, other.count) <= 5 ? 1 : 2, best.map { $0.slips - 1 } ?? 2)
    guard abs(letters.count - other.count) <= limit else { continue }
    let slips = slips(from: letters, to: other)
    if slips <= limit, slips * 2 < other.count { best = (candidate, slips) }
  }
  return best?.candidate
}

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
