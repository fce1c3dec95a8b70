/// What is asked of signatures, from least to most.
public enum SignaturePolicy: String, Sendable, Codable, CaseIterable, Comparable {
  /// None is made and none is looked at.
  case off
  /// Made where there is a key for it; a missing signature is a warning, one that does not fit is
  /// an error.
  case optional
  /// What is not signed by a writer is neither used nor written.
  case required

  public static func < (a: SignaturePolicy, b: SignaturePolicy) -> Bool { a.order < b.order }

  private var order: Int {
    switch self {
    case .off: 0
    case .optional: 1
    case .required: 2
    }
  }
}
