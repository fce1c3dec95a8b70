/// Work that could not be done, in words for a person. What the user wrote wrongly is a ``Finding``.
public struct Failure: Error, Sendable, Equatable {
  /// What kind of obstacle; the command line maps each to its documented exit status.
  public enum Kind: Sendable, Equatable {
    /// The key is unusable, a required one is missing, a check failed.
    case findings
    /// No such environment, or nothing matched.
    case nothingToDo
    /// The arguments cannot be understood.
    case usage
    /// A file is not what it must be.
    case malformed
    /// No such file, entry or repository.
    case notFound
    /// A program that is needed is not installed.
    case programMissing
    /// A file cannot be written.
    case cannotWrite
    /// Reading or another operation of the system failed.
    case io
    /// It could not be found out, as where there is too much to look through.
    case inconclusive
    /// No secret key here opens it.
    case locked
  }

  public var kind: Kind
  /// One sentence, lower case, no full stop, never a secret.
  public var message: String
  /// What to do next, one step each.
  public var hints: [String]

  public init(_ kind: Kind, _ message: String, hints: [String] = []) {
    self.kind = kind
    // Names in it come from outside: they bring no line breaks and no control characters.
    self.message = message.printable
    self.hints = hints.map(\.printable)
  }
}
