internal import Secrets

extension Rendering {
  /// A variable with its value: of an opened entry, or text that is not secret.
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

    /// Whether it is a key, and not another part of a credential.
    var isKey: Bool {
      if case .key = value { true } else { false }
    }

    /// Whether it is one value and no conflict: an entry that two environments inherit, equal addresses.
    func isSame(as other: Variable) -> Bool {
      switch (value, other.value) {
      case (.key, .key): origin == other.origin
      case (.field(_, let name), .field(_, let otherName)):
        origin == other.origin && name == otherName
      case (.text(let text), .text(let otherText)): text == otherText
      default: false
      }
    }

    /// The variable that names a file with the value. Throws if that name steers programs, though the
    /// variable's own does not.
    public func fileName() throws(Failure) -> String {
      let fileName = name + VariableName.fileSuffix
      if let objection = VariableName.objection(to: fileName) {
        throw Failure(.malformed, "'\(origin)' cannot be given as a file: \(objection)")
      }
      return fileName
    }

    func prefixed(_ prefix: String) -> Variable {
      Variable(name: prefix + name, value: value, origin: origin)
    }

    /// The variable with what may be shown in place of its value: of a key the preview, of another
    /// part of a credential nothing.
    public func masked(limit: Int) -> Variable {
      let shown: String
      switch value {
      case .key(let entry):
        shown = entry.payload.withKey {
          Preview.text(of: $0, provider: entry.provider, limit: limit)
        }
      case .field: shown = "…"
      case .text: return self
      }
      return Variable(name: name, value: .text(shown), origin: origin)
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
