/// A string that equals only the same bytes. Swift's own `==` takes a letter with a combining accent
/// for the accented letter, and the Kelvin sign for K; JSON does not.
struct Text: Hashable, Sendable {
  let string: String

  init(_ string: String) { self.string = string }

  static func == (a: Text, b: Text) -> Bool {
    // Swift's comparison is the fast one, and nearly all texts that equal by it are ASCII: then the
    // same number of bytes means the same bytes, since no other sign of one byte equals another.
    guard a.string.utf8.count == b.string.utf8.count, a.string == b.string else { return false }
    return a.string.utf8.count == a.string.utf16.count || a.string.utf8.elementsEqual(b.string.utf8)
  }

  func hash(into hasher: inout Hasher) { hasher.combine(string) }
}
