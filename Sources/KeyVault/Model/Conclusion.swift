/// What a run says as a whole.
public enum Conclusion: Sendable, Equatable {
  /// Every key works.
  case good
  /// A key is unusable, broken, or a required one is missing.
  case findings
  /// Nothing was tested.
  case nothing
  /// Nothing is wrong for certain, but a verdict is unclear.
  case inconclusive
  /// There were keys, and none could be opened.
  case locked
}
