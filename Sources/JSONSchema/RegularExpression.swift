internal import Glibc

/// A pattern compiled by regcomp: extended, in the C locale, one byte a sign.
///
/// The only unsafe code of this module. `regexec` takes a lock of its own on the compiled pattern,
/// so one instance may serve many threads.
final class RegularExpression: @unchecked Sendable {
  private let compiled: UnsafeMutablePointer<regex_t>

  init(_ pattern: String) throws(PatternError) {
    let expression = try ExtendedExpression(pattern).bytes.map(CChar.init(bitPattern:)) + [0]
    compiled = .allocate(capacity: 1)
    compiled.initialize(to: regex_t())
    // Ranges and signs are those of the thread's locale, which is not ours to rely on.
    let locale = newlocale(1 << LC_CTYPE | 1 << LC_COLLATE, "C", nil)
    let previous = uselocale(locale)
    let status = regcomp(compiled, expression, REG_EXTENDED | REG_NOSUB)
    uselocale(previous)
    freelocale(locale)
    guard status == 0 else {
      compiled.deallocate()
      throw .refused(status)
    }
  }

  deinit {
    regfree(compiled)
    compiled.deallocate()
  }

  /// Whether the pattern occurs anywhere in the text, which may contain NUL.
  func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      // REG_STARTEND: these bytes, instead of those before the first NUL.
      var range = regmatch_t(rm_so: 0, rm_eo: regoff_t(bytes.count))
      let start = UnsafeRawPointer(bytes.baseAddress!).assumingMemoryBound(to: CChar.self)
      return regexec(compiled, start, 1, &range, REG_STARTEND) == 0
    }
  }
}
