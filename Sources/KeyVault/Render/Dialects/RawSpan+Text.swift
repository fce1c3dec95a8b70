extension RawSpan {
  func contains(_ isWanted: (UInt8) -> Bool) -> Bool {
    for index in 0..<byteCount where isWanted(byte(index)) { return true }
    return false
  }

  func contains(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard byteCount >= wanted.count else { return false }
    for start in 0...(byteCount - wanted.count)
    where wanted.indices.allSatisfy({ byte(start + $0) == wanted[$0] }) { return true }
    return false
  }

  /// The Unicode scalar that begins here, in bytes that are UTF-8, and how many bytes it has.
  func scalar(at index: Int) -> (scalar: UInt32, length: Int) {
    let first = byte(index)
    let length =
      switch first {
      case ..<0x80: 1
      case ..<0xe0: 2
      case ..<0xf0: 3
      default: 4
      }
    if length == 1 { return (UInt32(first), 1) }
    var scalar = UInt32(first) & (0x7f >> UInt32(length))
    for offset in 1..<length { scalar = scalar << 6 | UInt32(byte(index + offset) & 0x3f) }
    return (scalar, length)
  }
}
