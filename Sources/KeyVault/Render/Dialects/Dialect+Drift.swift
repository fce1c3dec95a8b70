public import Secrets

extension Dialect {
  /// How a file differs from what would be written.
  public enum Drift: Sendable, Equatable {
    case none
    /// Of these the file has another value, or none.
    case variables([String])
    /// What would be written is there, among other text that may say otherwise.
    case otherText
  }

  /// Compares the bytes of a file that may have been written before.
  public func drift(
    of variables: [Rendering.Variable], in file: borrowing Secret
  ) throws(Failure) -> Drift {
    let wanted = try text(of: variables)
    let isSame = file.withBytes { present in
      wanted.withBytes { present.byteCount == $0.byteCount && Self.holds(present, $0) }
    }
    if isSame { return .none }
    let lacking = variables.filter { variable in
      var segment = SecretBuilder()
      variable.withValue { write(variable.name, $0, &segment) }
      let part = segment.finish()
      return file.withBytes { present in part.withBytes { !Self.holds(present, $0) } }
    }
    return lacking.isEmpty ? .otherText : .variables(lacking.map(\.name))
  }

  /// Whether `part` begins a line of `text`: behind a prefix or a comment's sign it is something else.
  private static func holds(_ text: RawSpan, _ part: RawSpan) -> Bool {
    let newline = UInt8(ascii: "\n")
    guard text.byteCount >= part.byteCount, part.byteCount > 0 else { return false }
    for start in 0...(text.byteCount - part.byteCount) {
      let isLine = start == 0 || part.byte(0) == newline || text.byte(start - 1) == newline
      guard isLine else { continue }
      var index = 0
      while index < part.byteCount, text.byte(start + index) == part.byte(index) { index += 1 }
      if index == part.byteCount { return true }
    }
    return false
  }

  /// The text with what may be shown in place of each secret. Throws what the real one would.
  public func preview(
    of variables: [Rendering.Variable], limit: Int
  ) throws(Failure) -> Secret {
    _ = try text(of: variables)
    return unchecked(variables.map { $0.masked(limit: limit) })
  }
}
