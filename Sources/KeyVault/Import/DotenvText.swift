public import Secrets

/// `NAME=value` lines, as far as all parsers of .env files read them alike. What they read
/// differently is reported, and not guessed: a key that is off by a character would be stored for
/// good.
///
/// Lines are counted from 1, and nothing but names is ever copied out of the text.
public struct DotenvText: Sendable {
  /// A line that assigns nothing.
  public struct Fault: Sendable, Equatable {
    public let line: Int
    public let reason: String
  }

  /// In the order of the text, names that come again too.
  public private(set) var variables: [FoundVariable] = []
  public private(set) var faults: [Fault] = []
  private let whole: Whole

  private final class Whole: Sendable {
    let text: Secret

    init(_ text: consuming Secret) { self.text = text }
  }

  /// Numbers of lines: those with a key that is one of `kept`, and those with another key, in a comment too.
  public func lines(holding kept: [FoundVariable]) -> (kept: [Int], others: [Int]) {
    whole.text.withBytes { KeyLines().lines(in: $0, holding: kept) }
  }

  /// Throws for what is another kind of text.
  public init(_ text: consuming Secret) throws(Failure) {
    let isWide = text.withBytes { bytes in
      bytes.byteCount > 1
        && (bytes.byte(0) == 0xff && bytes.byte(1) == 0xfe
          || bytes.byte(0) == 0xfe && bytes.byte(1) == 0xff)
    }
    if isWide { throw Failure(.malformed, "this is UTF-16, and NAME=value lines are UTF-8") }
    let whole = Whole(text)
    self.whole = whole
    whole.text.withBytes { read($0) }
  }

  private mutating func read(_ bytes: RawSpan) {
    var scan = DotenvScan(bytes)
    while scan.position < bytes.byteCount {
      let line = scan.line
      switch scan.next(in: bytes) {
      case .nothing: continue
      case .fault(let reason): faults.append(Fault(line: line, reason: reason))
      case .value(let name, let range):
        variables.append(FoundVariable(name, Secret(copying: bytes.extracting(range)), line: line))
      case .escaped(let name, let range):
        let value = DotenvScan.unescaped(bytes.extracting(range))
        variables.append(FoundVariable(name, value, line: line))
      case .unreadable(let name, let reason):
        variables.append(
          FoundVariable(name, Secret(utf8: ""), line: line, fault: reason))
      }
    }
  }
}
