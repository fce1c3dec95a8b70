internal import Secrets

/// What a ``Masker`` looks for, ready for a search: most positions of a text are passed by after a look
/// at eight bytes.
///
/// Only 16 bits of a hash of each pattern's first eight bytes are kept outside of locked memory.
struct MaskedPatterns: ~Copyable {
  /// Bytes that decide whether to look closer; no pattern is shorter.
  static let window = 8

  private let forms: EncodedForms.List
  /// By the hash of their first bytes.
  private let patterns: [Range<Int>]
  /// Where the patterns of each hash start.
  private let starts: [Int32]
  /// A bit for each hash that there is.
  private let filter: [UInt64]
  /// A bit for each byte with which a pattern begins.
  private let firstBytes: [Bool]

  init(_ forms: consuming EncodedForms) {
    let forms = forms.finish()
    var filter = [UInt64](repeating: 0, count: 1 << 10)
    var starts = [Int32](repeating: 0, count: 1 << 16 + 1)
    var firstBytes = [Bool](repeating: false, count: 256)
    let hashed: [(hash: Int, range: Range<Int>)] = forms.text.withBytes { bytes in
      bytes.withUnsafeBytes { bytes in
        forms.ranges.filter { $0.count >= Self.window }
          .map { (Self.hash(bytes.baseAddress! + $0.lowerBound), $0) }.sorted { $0.0 < $1.0 }
      }
    }
    for (hash, range) in hashed {
      filter[hash >> 6] |= 1 << UInt64(hash & 63)
      starts[hash + 1] += 1
      forms.text.withBytes { firstBytes[Int($0.byte(range.lowerBound))] = true }
    }
    for hash in 1..<starts.count { starts[hash] += starts[hash - 1] }
    self.forms = forms
    patterns = hashed.map(\.range)
    (self.filter, self.starts, self.firstBytes) = (filter, starts, firstBytes)
  }

  /// What a search found in a text that may go on.
  struct Findings {
    /// Parts that belong to patterns, in their order, none touching another.
    var covered: [Range<Int>] = []
    /// Where a pattern may begin that is not yet whole: the end of the text if nowhere.
    var open = 0
  }

  /// Searches `text`, of whose beginning `covered` bytes belong to an earlier pattern.
  func search(_ buffer: UnsafeRawBufferPointer, covered: Int) -> Findings {
    var findings = Findings(covered: covered > 0 ? [0..<covered] : [], open: buffer.count)
    guard !patterns.isEmpty, let base = buffer.baseAddress else { return findings }
    forms.text.withBytes { text in
      text.withUnsafeBytes { text in
        filter.withUnsafeBufferPointer { filter in
          var position = 0
          let last = buffer.count - Self.window
          while position <= last {
            let hash = Self.hash(base + position)
            if filter[hash >> 6] >> UInt64(hash & 63) & 1 == 1 {
              look(at: position, hash, in: buffer, text, &findings)
            }
            position += 1
          }
        }
        lookAtEnd(of: buffer, text, &findings)
      }
    }
    return findings
  }

  private func look(
    at position: Int, _ hash: Int, in buffer: UnsafeRawBufferPointer,
    _ text: UnsafeRawBufferPointer, _ findings: inout Findings
  ) {
    for index in Int(starts[hash])..<Int(starts[hash + 1]) {
      switch Self.match(buffer, position, text, patterns[index]) {
      case .none: break
      case .begun: findings.open = min(findings.open, position)
      case .whole(let end): findings.cover(position..<end)
      }
    }
  }

  /// The last bytes, too few to be hashed, may still begin a pattern.
  private func lookAtEnd(
    of buffer: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer, _ findings: inout Findings
  ) {
    for position in max(0, buffer.count - Self.window + 1)..<buffer.count {
      if position >= findings.open { return }
      guard firstBytes[Int(buffer[position])] else { continue }
      let begins = patterns.contains { Self.match(buffer, position, text, $0) != .none }
      if begins { findings.open = position }
    }
  }

  private static func hash(_ bytes: UnsafeRawPointer) -> Int {
    Int((bytes.loadUnaligned(as: UInt64.self) &* 0x9e37_79b9_7f4a_7c15) >> 48)
  }

  private static let lineBreak = [UInt8(ascii: "\r"), UInt8(ascii: "\n")]

  private enum Match: Equatable {
    case none
    /// The text ends before the pattern does.
    case begun
    case whole(end: Int)
  }

  /// Compares what begins at `start` with a pattern, behind whose first bytes lines may be broken.
  private static func match(
    _ text: UnsafeRawBufferPointer, _ start: Int, _ patterns: UnsafeRawBufferPointer,
    _ pattern: Range<Int>
  ) -> Match {
    var position = start
    for index in pattern {
      if index >= pattern.lowerBound + window {
        for part in lineBreak where position < text.count && text[position] != patterns[index] {
          if text[position] == part { position += 1 }
        }
      }
      if position == text.count { return .begun }
      guard text[position] == patterns[index] else { return .none }
      position += 1
    }
    return .whole(end: position)
  }
}

extension MaskedPatterns.Findings {
  /// Adds a part that begins at or behind the beginning of the last.
  fileprivate mutating func cover(_ part: Range<Int>) {
    guard let last = covered.last, part.lowerBound <= last.upperBound else {
      covered.append(part)
      return
    }
    let end = max(last.upperBound, part.upperBound)
    covered[covered.count - 1] = last.lowerBound..<end
  }
}
