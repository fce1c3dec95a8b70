/// Looks for a key in a file that comes in parts and may be larger than what is kept of it.
struct KeySearch {
  private let scan: KeyScan
  /// Whether each line that is nothing but a key counts, whatever its prefix.
  private let judgesLines: Bool
  private var window: [UInt8] = []
  /// Lines before the window.
  private var lines = 0
  private var hit: KeyScan.Hit?
  private var start: [UInt8] = []
  private var allowance = ScanAllowance()

  /// Bytes that are looked at in one go, and how many of them once more with the next: the longest key,
  /// encoded twice.
  static let windowSize = 4 << 20
  private static let overlap = 64 << 10

  /// Larger files are not searched; none of them is a text that a person writes.
  static let sizeLimit = 64 << 20

  init(with scan: KeyScan, judgesLines: Bool) {
    self.scan = scan
    self.judgesLines = judgesLines
  }

  /// What is known once the file was read.
  enum Result: Equatable {
    /// The first key.
    case key(KeyScan.Hit)
    /// What is in it was not seen.
    case compressed
    /// A repository's own forms made too much work, and were not all looked for.
    case partlySearched
    case nothing
  }

  var result: Result {
    if let hit { return .key(hit) }
    if isCompressed { return .compressed }
    return allowance.isSpent ? .partlySearched : .nothing
  }

  mutating func read(_ bytes: ArraySlice<UInt8>) {
    if start.count < Self.longestMark { start += bytes.prefix(Self.longestMark - start.count) }
    guard hit == nil else { return }
    window += bytes
    if window.count >= Self.windowSize { judge() }
  }

  /// No more comes.
  mutating func finish() {
    if !window.isEmpty { judge() }
  }

  private mutating func judge() {
    defer {
      let dropped = endOfWord(from: max(window.count - Self.overlap, 0))
      lines += window[..<dropped].count { $0 == UInt8(ascii: "\n") }
      window.removeFirst(dropped)
    }
    var found = scan.firstKey(in: window, &allowance)
    if found == nil, judgesLines { found = scan.firstLine(in: window, &allowance) }
    hit = found.map { KeyScan.Hit(provider: $0.provider, line: lines + $0.line) }
  }

  /// The next window begins with a whole word, if one begins in the first half of what is looked at again.
  private func endOfWord(from start: Int) -> Int {
    let half = window[start...].prefix(Self.overlap / 2)
    return half.firstIndex { $0 <= 0x20 } ?? start
  }

  /// gzip, ZIP, xz, Zstandard, bzip2, 7-Zip, and PDF.
  private static let marks: [[UInt8]] = [
    [0x1f, 0x8b], [0x50, 0x4b, 0x03, 0x04], [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
    [0x28, 0xb5, 0x2f, 0xfd], [0x42, 0x5a, 0x68], [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
    [0x25, 0x50, 0x44, 0x46, 0x2d],
  ]
  private static let longestMark = 6

  private var isCompressed: Bool { Self.marks.contains { start.starts(with: $0) } }
}
