extension String {
  /// The text as it may go to a stream that a terminal, a log or a runner of jobs reads. Every value was
  /// made ``printable`` before it came into the text; this escapes what slipped through, and masks keys.
  ///
  /// - Parameters:
  ///   - hasColours: Whether sequences that set a colour are ours.
  ///   - hasCommands: Whether lines that a runner obeys are ours.
  package func safeForStream(hasColours: Bool = false, hasCommands: Bool = false) -> String {
    var text = withoutKeys
    let isSafe = text.withUTF8 {
      StreamCheck(hasColours: hasColours, hasCommands: hasCommands).isSafe($0)
    }
    guard !isSafe else { return text }
    return text.escapedLines(hasColours, hasCommands)
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

    /// The first of two colons that are the first thing on the line that a runner may see.
    private var commandStart: Int? {
      guard
        let first = scalars.firstIndex(where: { !$0.isHidden && !$0.properties.isWhitespace }),
        scalars[first] == ":",
        let second = next(from: first + 1), scalars[second] == ":"
      else { return nil }
      return first
    }

    /// `##[group]` and `##vso[task.setvariable]`, which runners look for anywhere in a line.
    private func isOldCommand(at index: Int) -> Bool {
      guard scalars[index] == "#", let second = next(from: index + 1), scalars[second] == "#" else {
        return false
      }
      var place = next(from: second + 1)
      while let letter = place, scalars[letter].isASCII, scalars[letter].properties.isAlphabetic {
        place = next(from: letter + 1)
      }
      return place.map { scalars[$0] == "[" } ?? false
    }

    /// The next scalar that a runner may see.
    private func next(from index: Int) -> Int? {
      scalars[index...].firstIndex { !$0.isHidden || $0.properties.isWhitespace }
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
      // One that is followed by what is not ASCII is looked at closely.
      case UInt8(ascii: ":"):
        if isLineStart, !hasCommands, next == byte || next >= 0x80 { return false }
      case UInt8(ascii: "#"): if next == byte || next >= 0x80 { return false }
      case 0x80...:
        guard let (scalar, length) = Self.scalar(in: bytes, at: index) else { return false }
        if scalar.mustBeEscaped || isLineStart && scalar.isPassedOver { return false }
        index += length - 1
      default: break
      }
      isLineStart = false
      index += 1
    }
    return true
  }

  /// The scalar that begins at a byte beyond ASCII, and how many bytes it has; nil if there is none.
  private static func scalar(
    in bytes: UnsafeBufferPointer<UInt8>, at index: Int
  ) -> (Unicode.Scalar, Int)? {
    let first = UInt32(bytes[index])
    let (length, bits) =
      switch first {
      case 0xc2..<0xe0: (2, first & 0x1f)
      case 0xe0..<0xf0: (3, first & 0x0f)
      case 0xf0..<0xf5: (4, first & 0x07)
      default: (0, 0)
      }
    guard length > 0, index + length <= bytes.count else { return nil }
    var value = bits
    for place in index + 1..<index + length { value = value << 6 | UInt32(bytes[place] & 0x3f) }
    return Unicode.Scalar(value).map { ($0, length) }
  }
}
