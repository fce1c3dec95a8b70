internal import Secrets

/// Hides values in a stream, however it is cut into pieces: each byte that belongs to a value, or to its
/// base64, URL or JSON form, is left out, and `***` stands for all that touch.
///
/// It stops accidents. Parts of a value, and forms that are not listed, go through.
public struct Masker: ~Copyable {
  /// Values that are shorter are not hidden: they would be found in ordinary words, and what is missing
  /// would tell them. No key is that short.
  public static let leastLength = MaskedPatterns.window

  private static let mark = Array("***".utf8)

  private let patterns: MaskedPatterns
  /// What may still turn out to be a value, and may be one: in locked memory.
  private var held = SecretBuilder()
  /// How much of `held` was written all the same.
  private var shown = 0
  /// How much of `held` belongs to a value that began before.
  private var covered = 0
  /// Whether the mark is at the end of what was written.
  private var isMarked = false

  public init(hiding variables: [Rendering.Variable]) {
    self.init { add in
      for variable in variables { variable.withValue { add($0) } }
    }
  }

  /// Of values that `list` gives one after the other.
  init(_ list: ((RawSpan) -> Void) -> Void) {
    var forms = EncodedForms()
    list { value in if value.byteCount >= Self.leastLength { forms.add(value) } }
    patterns = MaskedPatterns(forms)
  }

  /// Whether something waits for what follows it.
  public var isWaiting: Bool { held.count > shown }

  /// Takes a piece of the stream, and gives `write` what is decided by now.
  public mutating func feed(
    _ piece: UnsafeRawBufferPointer, to write: (UnsafeRawBufferPointer) -> Void
  ) {
    held.append(piece.bytes)
    release(to: write) { $0.open }
  }

  /// The stream is quiet: shows of what waits so little that no value can be known by it, so that a
  /// prompt that ends as a value begins is seen. What follows is still recognised.
  public mutating func settle(to write: (UnsafeRawBufferPointer) -> Void) {
    let count = held.count
    release(to: write) { findings in
      // What is a value already is hidden, whether or not a longer one begins with it.
      let known = findings.covered.first { $0.contains(findings.open) }
      return min(count, (known?.upperBound ?? findings.open) + Self.leastLength - 1)
    }
  }

  /// The stream has ended, and what waited is not a value.
  public mutating func finish(to write: (UnsafeRawBufferPointer) -> Void) {
    let count = held.count
    release(to: write) { _ in count }
    held.removeFirst(held.count)
    (shown, covered) = (0, 0)
  }

  /// Writes as much as `limit` says, and keeps what is open.
  private mutating func release(
    to write: (UnsafeRawBufferPointer) -> Void, until limit: (MaskedPatterns.Findings) -> Int
  ) {
    var (shown, isMarked) = (shown, isMarked)
    let findings = held.withBytes { held in
      held.withUnsafeBytes { held in
        let findings = patterns.search(held, covered: covered)
        let limit = limit(findings)
        for part in findings.covered where part.upperBound > shown && part.lowerBound < limit {
          if part.lowerBound > shown {
            write(UnsafeRawBufferPointer(rebasing: held[shown..<part.lowerBound]))
            isMarked = false
          }
          if !isMarked { Self.mark.withUnsafeBytes { write($0) } }
          isMarked = true
          shown = max(shown, min(part.upperBound, limit))
        }
        if shown < limit {
          write(UnsafeRawBufferPointer(rebasing: held[shown..<limit]))
          isMarked = false
          shown = limit
        }
        return findings
      }
    }
    let end = findings.covered.last?.upperBound ?? 0
    held.removeFirst(findings.open)
    self.shown = max(0, shown - findings.open)
    self.isMarked = isMarked
    covered = max(0, end - findings.open)
  }
}
