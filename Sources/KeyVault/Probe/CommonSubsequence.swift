internal import Glibc
internal import Secrets

/// How many characters a text has in common with another in the same order, whatever is between them:
/// the length of their longest common subsequence.
struct CommonSubsequence {
  /// By byte: its places in the text, one bit each.
  private var places: [[UInt64]]
  private let count: Int

  /// A text of letters and digits.
  init(with text: [UInt8]) {
    count = text.count
    places = [[UInt64]](repeating: [], count: 256)
    let words = (text.count + 63) / 64
    for (index, byte) in text.enumerated() {
      if places[Int(byte)].isEmpty {
        places[Int(byte)] = [UInt64](repeating: 0, count: words)
      }
      places[Int(byte)][index / 64] |= 1 << UInt64(index % 64)
    }
  }

  /// A bit for each place of the text, in the time of one pass (Hyyrö, "Bit-parallel LCS-length computation
  /// revisited"): 0 where the length grows.
  func length(with other: RawSpan) -> Int {
    var state = [UInt64](repeating: .max, count: (count + 63) / 64)
    for index in 0..<other.byteCount {
      let matches = places[Int(other.byte(index))]
      guard !matches.isEmpty else { continue }
      var carry = false
      for word in state.indices {
        let taken = state[word] & matches[word]
        let (half, overflow) = state[word].addingReportingOverflow(taken)
        let (sum, more) = half.addingReportingOverflow(carry ? 1 : 0)
        state[word] = sum | state[word] & ~matches[word]
        carry = overflow || more
      }
    }
    return (0..<count).count { state[$0 / 64] >> UInt64($0 % 64) & 1 == 0 }
  }

  /// Whether two texts that have nothing to do with each other may have as much in common.
  ///
  /// Of all ways to choose m places in each text, a part p^m agree by chance, where p is how often two
  /// characters of `other` are the same. Where less than one such way in 10^8 texts is expected, it
  /// is not chance. A text of seven characters is always chance; twelve of a key of 40 are not.
  func isChance(_ other: RawSpan) -> Bool {
    guard max(count, other.byteCount) < Self.logFactorials.count else { return true }
    let common = length(with: other)
    let expected =
      Self.logChoices(common, of: count) + Self.logChoices(common, of: other.byteCount)
      + Double(common) * log(Self.agreement(in: other))
    return expected > Self.limit
  }

  private static let limit = -8 * log(10.0)

  /// How often two characters are the same: not less than among letters and digits in random order, and
  /// rather more than less, since a short text gives only a rough estimate.
  private static func agreement(in text: RawSpan) -> Double {
    var counts = [Double](repeating: 0, count: 256)
    for index in 0..<text.byteCount { counts[Int(text.byte(index))] += 1 }
    let total = Double(max(text.byteCount, 1))
    return max(counts.reduce(0) { $0 + $1 * $1 } / (total * total), 1.0 / 32)
  }

  private static func logChoices(_ number: Int, of all: Int) -> Double {
    logFactorials[all] - logFactorials[number] - logFactorials[all - number]
  }

  private static let logFactorials: [Double] = {
    var sums = [0.0]
    for number in 1..<4096 { sums.append(sums[number - 1] + log(Double(number))) }
    return sums
  }()
}
