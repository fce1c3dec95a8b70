/// Why an edit was not made. The document is as it was.
public struct EditError: Error, Sendable, Equatable {
  public enum Reason: Sendable, Equatable {
    /// A path needs at least one key.
    case emptyPath
    /// A part of the path holds another value, so it cannot have a key.
    case notMapping
    case noSuchKey
    /// The place is written in a way that cannot be changed without changing what is around it.
    case unsupported
    /// The edited file would not be read again, and why.
    case refused(YAMLError.Reason)
  }

  public let reason: Reason
  /// The keys from the root to where the edit stopped.
  public let path: [String]
  /// The last value on the path that is there.
  public let place: Place
}

extension EditError {
  /// What is wrong: one line, lower case, no full stop.
  public var message: String {
    let name = path.joined(separator: ".")
    return switch reason {
    case .emptyPath: "no key to change"
    case .notMapping: "'\(name)' is not a mapping"
    case .noSuchKey: "no key '\(name)'"
    case .unsupported: "cannot change '\(name)' and keep the rest of the file"
    case .refused(let reason):
      "cannot change '\(name)': \(YAMLError(reason, at: place).message)"
    }
  }

  /// What helps, where that is known.
  public var hint: String? {
    switch reason {
    case .emptyPath, .noSuchKey: nil
    case .notMapping, .unsupported, .refused: "edit the file by hand"
    }
  }
}
