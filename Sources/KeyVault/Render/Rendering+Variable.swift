internal import Secrets

extension Rendering {
  /// A variable with its value: of an opened entry, or text that is no secret.
  public struct Variable: Sendable {
    enum Value: Sendable {
      case key(OpenedEntry)
      case field(OpenedEntry, String)
      case text(String)
    }

    public let name: String
    let value: Value
    /// The path of the entry that gives it, for messages.
    public let origin: String

    /// Whether it is a part of a credential.
    public var isSecret: Bool {
      if case .text = value { false } else { true }
    }

    /// Lends the value.
    public func withValue<E: Error>(_ body: (RawSpan) throws(E) -> Void) throws(E) {
      switch value {
      case .key(let entry): try entry.payload.withKey(body)
      case .field(let entry, let name): try entry.payload.withField(name, body)
      case .text(let text): try Secret(utf8: text).withBytes(body)
      }
    }
  }
}
