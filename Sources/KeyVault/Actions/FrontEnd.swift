/// Who asked for an action: a person at a terminal, a program, the caller of a server. An action prints nothing
/// and does not ask a person itself; its front end hears what a person should know, and is asked for consent.
public protocol FrontEnd: Sendable {
  /// Hears what happens, while it happens.
  func tell(_ notice: Notice)

  /// The number of the answer that the person chooses, from 0; nil where there is no person to ask. Throws to stop the
  /// action.
  func chooses(among alternatives: Alternatives) throws(Failure) -> Int?

  /// Whether the person consents; nil where there is no person to ask. Throws to stop the action, as where the person
  /// went away.
  func consents(to consent: Consent) throws(Failure) -> Bool?

  /// The id of the provider whose key a variable is, one of `ids`; nil to leave it out, and where there is no person to
  /// ask. Throws to stop the action.
  func provider(
    of variable: ImportPlan.Ambiguity, among ids: [String]
  ) throws(Failure) -> String?
}

extension FrontEnd {
  /// Leaves the variable out.
  public func provider(
    of variable: ImportPlan.Ambiguity, among ids: [String]
  ) throws(Failure) -> String? { nil }
}

extension FrontEnd {
  /// Without a person.
  public func chooses(among alternatives: Alternatives) throws(Failure) -> Int? { nil }
}

/// Something that a person should know although the action goes on.
public struct Notice: Sendable {
  public enum Weight: String, Sendable {
    /// What matters only to a person who looks for a cause.
    case detail
    /// What was done, or follows from it.
    case note
    /// What may be a slip of the person's.
    case remark
    /// What makes keys less secure, was not done, or will fail.
    case warning
  }

  /// A stable kebab-case name. Each action declares its own, in an extension.
  public struct Code: Sendable, Equatable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static func == (a: Code, b: Code) -> Bool { a.rawValue == b.rawValue }
  }

  public let code: Code
  public let weight: Weight
  /// One sentence, lower case, no full stop, never a secret.
  public let message: String
  /// What to do next, one step each.
  public let hints: [String]

  public init(_ code: Code, _ weight: Weight, _ message: String, hints: [String] = []) {
    self.code = code
    self.weight = weight
    self.message = message.printable
    self.hints = hints.map(\.printable)
  }

  /// Of an objection that does not stop the action.
  public init(_ code: Code, _ weight: Weight = .warning, of failure: Failure) {
    self.init(code, weight, failure.message, hints: failure.hints)
  }
}
