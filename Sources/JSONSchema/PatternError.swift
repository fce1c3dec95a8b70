/// What a pattern uses that does not mean the same in ECMA-262 and in POSIX ERE.
public enum PatternError: Error, Sendable, Equatable, CustomStringConvertible {
  /// `\d`, `\w`, `\p{…}`, `\b`, `\1`, `\n`: all but an escaped sign of punctuation.
  case escape(String)
  /// `(?=`, `(?!`, `(?<`: a group other than `(` and `(?:`.
  case group
  /// `*?`, `a**`, `^*`, a count above 255, or braces that do not hold a count.
  case quantifier
  /// `[]`, `[z-a]`, `[[:alpha:]]`, or a range or negation with a sign beyond ASCII.
  case brackets
  /// A bracket or parenthesis without its other half, or a backslash at the end.
  case unbalanced
  case containsNUL
  /// What regcomp says of the rest.
  case refused(Int32)

  /// One line for people.
  public var description: String {
    switch self {
    case .escape(let sign): "'\\\(sign)' is not known; only punctuation is escaped"
    case .group: "groups are '(…)' and '(?:…)' only"
    case .quantifier: "a quantifier has nothing to repeat, or is not '*', '+', '?' or '{n,m}'"
    case .brackets: "brackets hold ASCII signs and ranges, or single other signs"
    case .unbalanced: "a bracket or parenthesis without its other half"
    case .containsNUL: "contains a NUL"
    case .refused(let code): "regcomp refuses it (\(code))"
    }
  }
}
