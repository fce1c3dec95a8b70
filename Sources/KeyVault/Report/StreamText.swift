extension String {
  /// The text as it may go to a stream that a terminal, a log or a runner of jobs reads. Every value was
  /// made ``printable`` before it came into the text; this escapes what slipped through.
  ///
  /// - Parameters:
  ///   - hasColours: Whether sequences that set a colour are ours.
  ///   - hasCommands: Whether lines that a runner obeys are ours.
  package func safeForStream(hasColours: Bool = false, hasCommands: Bool = false) -> String {
    var text = self
    let isSafe = text.withUTF8 {
      StreamCheck(hasColours: hasColours, hasCommands: hasCommands).isSafe($0)
    }
    guard !isSafe else { return text }
    return escapedLines(hasColours, hasCommands)
  }

  private func escapedLines(_ hasColours: Bool, _ hasCommands: Bool) -> String {
    let separator: Unicode.Scalar = "\n"
    var result = String.UnicodeScalarView()
    let lines = unicodeScalars.split(separator: separator, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      if index > 0 { result.append(separator) }
      result += Line(scalars: Array(line), hasColours: hasColours, hasCommands: hasCommands).escaped
    }
    return String(result)
  }

  private struct Line {
    let scalars: [Unicode.Scalar]
    let hasColours: Bool
    let hasCommands: Bool

    var escaped: String.UnicodeScalarView {
      var result = String.UnicodeScalarView()
      var index = 0
      let start = hasCommands ? nil : commandStart
      while index < scalars.count {
        let scalar = scalars[index]
        if let length = colourLength(at: index) {
          result += scalars[index..<index + length]
          index += length
          continue
        }
        let isEscaped =
          scalar != "\t" && scalar.mustBeEscaped || index == start || isOldCommand(at: index)
        result += isEscaped ? scalar.escapedForm.unicodeScalars : String(scalar).unicodeScalars
        index += 1
      }
      return result
    }

    /// The first of two colons that are the first thing on the line.
    private var commandStart: Int? {
      guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
        scalars[first...].starts(with: "::".unicodeScalars)
      else { return nil }
      return first
    }

    /// `##[group]` and `##vso[task.setvariable]`, which runners look for anywhere in a line.
    private func isOldCommand(at index: Int) -> Bool {
      guard scalars[index...].starts(with: "##".unicodeScalars) else { return false }
      let rest = scalars[(index + 2)...].drop { $0.isASCII && $0.properties.isAlphabetic }
      return rest.first == "["
    }

    /// How many scalars a sequence such as `ESC [ 1 m` has, if it is one of ours.
    private func colourLength(at index: Int) -> Int? {
      guard hasColours, scalars[index...].starts(with: "\u{1b}[".unicodeScalars) else { return nil }
      let digits = scalars[(index + 2)...].prefix { ("0"..."9").contains($0) }
      guard digits.endIndex < scalars.count, scalars[digits.endIndex] == "m" else { return nil }
      return digits.endIndex + 1 - index
    }
  }
}

/// Passes a text in one look at each byte, as nearly all are as they should be.
private struct StreamCheck {
  let hasColours: Bool
  let hasCommands: Bool

  func isSafe(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var isLineStart = true
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      switch byte {
      case UInt8(ascii: "\n"):
        isLineStart = true
        index += 1
        continue
      case UInt8(ascii: "\t"), UInt8(ascii: " "):
        index += 1
        continue
      case 0..<0x20, 0x7f: return false
      case UInt8(ascii: ":"): if isLineStart, next == byte, !hasCommands { return false }
      case UInt8(ascii: "#"): if next == byte { return false }
      // Where scalars that must be escaped begin, and some others.
      case 0xc2: if next < 0xa0 || next == 0xa0 && isLineStart { return false }
      case 0xd8: if next == 0x9c { return false }
      case 0xe2: if mustLookAt(bytes, index) { return false }
      case 0xe1, 0xe3: if isLineStart { return false }
      case 0xef, 0xf3: return false
      default: break
      }
      isLineStart = false
      index += 1
    }
    return true
  }

  /// U+2000…U+207F, but for dots, dashes and quotation marks.
  private func mustLookAt(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    guard index + 2 < bytes.count else { return true }
    switch (bytes[index + 1], bytes[index + 2]) {
    case (0x80, 0x90...0xa7): return false
    case (0x80, _), (0x81, _): return true
    default: return false
    }
  }
}
