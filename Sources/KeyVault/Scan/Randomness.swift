/// How little a run of letters and digits looks like words that a person writes.
struct Randomness {
  private var digits = 0
  private var digitGroups = 0
  private var changes = 0
  private var hasLetter = false
  private let distinct: Int
  private let count: Int

  /// So many bytes tell.
  private static let judged = 256

  init(_ bytes: ArraySlice<UInt8>) {
    let bytes = bytes.prefix(Self.judged)
    count = bytes.count
    var seen = [Bool](repeating: false, count: 256)
    var last = Kind.other
    for byte in bytes {
      seen[Int(byte)] = true
      let kind = Kind(byte)
      if kind == .digit {
        digits += 1
        if last != .digit { digitGroups += 1 }
      }
      hasLetter = hasLetter || kind == .small || kind == .capital
      if kind != last, kind != .other, last != .other { changes += 1 }
      last = kind
    }
    distinct = seen.count { $0 }
  }

  private enum Kind {
    case small, capital, digit, other

    init(_ byte: UInt8) {
      switch byte {
      case 0x30...0x39: self = .digit
      case 0x41...0x5a: self = .capital
      case 0x61...0x7a: self = .small
      default: self = .other
      }
    }
  }

  /// Whether digits are scattered among letters: numbers of versions and years come once or twice.
  var isPlain: Bool { distinct >= 10 && digitGroups >= 3 && hasLetter }

  /// Whether it is a key, if the name of a key precedes it: hexadecimal digits, or small letters,
  /// capitals, and digits in turn. Names of functions and of other variables change less often.
  var isLikely: Bool {
    guard distinct >= 10, hasLetter, digits > 0 else { return false }
    return digits * 5 >= count || changes * 2 >= count
      || digitGroups > 1 && changes * 5 >= count * 2
  }
}
