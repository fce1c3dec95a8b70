extension String {
  /// The name that a folder or git gives, in bytes. One that is not UTF-8, which Swift would repair to what other
  /// such names become too, is spelled out: `�` and two hexadecimal digits for each byte beyond ASCII. Two names
  /// that differ never become equal, and a name that was spelled out is in no alphabet and opens no file.
  public init(name bytes: some Collection<UInt8>) {
    let mark: Unicode.Scalar = "\u{FFFD}"
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(mark) {
      self = text
      return
    }
    var scalars = String.UnicodeScalarView()
    for byte in bytes {
      if byte < 0x80 {
        scalars.append(Unicode.Scalar(byte))
      } else {
        scalars.append(mark)
        scalars.append(contentsOf: String(byte, radix: 16).unicodeScalars)
      }
    }
    self.init(scalars)
  }
}
