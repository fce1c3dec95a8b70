/// How much work the forms and variables of a repository's own providers may make in one text. A change can
/// bring any number of them, so they get a share that grows with the text alone. Built-in ones need none.
struct ScanAllowance {
  private var left = 1 << 16
  /// Whether it was used up, so that a part of the text was searched for built-in forms alone.
  private(set) var isSpent = false

  private static let stepsPerByte = 4

  /// For a text of so many bytes.
  mutating func add(bytes count: Int) { left += Self.stepsPerByte * count }

  /// A step is about what comparing a few bytes takes.
  mutating func spend(_ steps: Int) {
    left -= steps
    if left < 0 { isSpent = true }
  }
}
