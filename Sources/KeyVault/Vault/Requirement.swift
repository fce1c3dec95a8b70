/// What must hold of an entry before its key is handed out, from least to most.
public enum Requirement: Int, Comparable, Sendable {
  /// Nothing: the payload may say that it belongs elsewhere. For what gives it a place.
  case anywhere
  /// The payload does not say that it belongs elsewhere, and its sidecar is not that of a newer key or of another
  /// provider. For what shows a key to a person.
  case here
  /// The payload is bound, unless the policy allows an unbound one; the sidecar is valid, and the
  /// content can be a key.
  case bound
  /// A trusted writer signed it, where signatures are required. For what sends or renders a key.
  case signed
  /// The ciphertext and the sidecar were written together. For what writes the key again: beside a new digest it
  /// could not be seen any more that they were not.
  case fitting

  public static func < (a: Requirement, b: Requirement) -> Bool { a.rawValue < b.rawValue }
}
