/// The forms that a repository's own providers add. Each counts by itself: none takes the place of a built-in
/// one, or of another.
struct OwnForms {
  /// By the first three bytes of their prefix, longer ones first.
  private var byStart: [UInt32: [KeyForm]] = [:]
  private var firstBytes = [Bool](repeating: false, count: 256)

  init(_ forms: [KeyForm]) {
    for form in forms.sorted(by: { $0.prefix.count > $1.prefix.count }) {
      byStart[Self.start(of: form.prefix, at: 0), default: []].append(form)
      firstBytes[Int(form.prefix[0])] = true
    }
  }

  /// Whether the prefix of one begins with this byte.
  func begin(with byte: UInt8) -> Bool { firstBytes[Int(byte)] }

  /// Those whose prefix is at `index`, as far as the allowance goes.
  func matches(
    in bytes: [UInt8], at index: Int, _ allowance: inout ScanAllowance
  ) -> [KeyForm] {
    guard !allowance.isSpent, index + KeyForm.shortestPrefix <= bytes.count,
      let forms = byStart[Self.start(of: bytes, at: index)]
    else { return [] }
    allowance.spend(forms.count)
    return forms.filter { bytes[index...].starts(with: $0.prefix) }
  }

  private static func start(of bytes: [UInt8], at index: Int) -> UInt32 {
    UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
  }
}
