/// The YAML 1.2 core schema (chapter 10.3): what a plain scalar means.
enum CoreSchema {
  /// Nil means a string.
  static func resolve(_ text: Span<UInt8>) -> Node.Value? {
    guard !text.isEmpty else { return .null }
    // Most scalars are words or URLs: their first byte says that they are strings.
    switch text[0] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      return number(text)
    case UInt8(ascii: "~"): return text.count == 1 ? .null : nil
    case UInt8(ascii: "n"), UInt8(ascii: "N"):
      return isOne(text, "null", "Null", "NULL") ? .null : nil
    case UInt8(ascii: "t"), UInt8(ascii: "T"):
      return isOne(text, "true", "True", "TRUE") ? .bool(true) : nil
    case UInt8(ascii: "f"), UInt8(ascii: "F"):
      return isOne(text, "false", "False", "FALSE") ? .bool(false) : nil
    default: return nil
    }
  }

  private static func number(_ text: Span<UInt8>) -> Node.Value? {
    if text.count > 2, text[0] == UInt8(ascii: "0") {
      if text[1] == UInt8(ascii: "o") { return based(text, radix: 8) }
      if text[1] == UInt8(ascii: "x") { return based(text, radix: 16) }
    }
    switch Shape(of: text) {
    case .integer: return decimal(text)
    case .fraction: return Double(string(text)).map { .double($0) }
    case .other: return special(text)
    }
  }

  private static func decimal(_ text: Span<UInt8>) -> Node.Value? {
    if text.count <= 18 {
      var value = 0
      for index in text.indices {
        let digit = Int(text[index]) - Int(UInt8(ascii: "0"))
        if digit >= 0 { value = value * 10 + digit }
      }
      return .int(text[0] == UInt8(ascii: "-") ? -value : value)
    }
    let string = string(text)
    return Int(string).map { .int($0) } ?? Double(string).map { .double($0) }
  }

  /// `0o17` and `0xFF`, which carry no sign.
  private static func based(_ text: Span<UInt8>, radix: UInt8) -> Node.Value? {
    var exact: Int? = 0
    var near = 0.0
    for index in 2..<text.count {
      guard let digit = digit(text[index]), digit < radix else { return nil }
      near = near * Double(radix) + Double(digit)
      exact = exact.flatMap { value in
        let (shifted, isOver) = value.multipliedReportingOverflow(by: Int(radix))
        let (sum, isOverToo) = shifted.addingReportingOverflow(Int(digit))
        return isOver || isOverToo ? nil : sum
      }
    }
    return exact.map { .int($0) } ?? .double(near)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func special(_ text: Span<UInt8>) -> Node.Value? {
    guard text.count == 4 || text.count == 5 else { return nil }
    if isOne(text, ".nan", ".NaN", ".NAN") { return .double(.nan) }
    if isOne(text, ".inf", ".Inf", ".INF") || isOne(text, "+.inf", "+.Inf", "+.INF") {
      return .double(.infinity)
    }
    return isOne(text, "-.inf", "-.Inf", "-.INF") ? .double(-.infinity) : nil
  }

  private static func isOne(
    _ text: Span<UInt8>, _ lower: StaticString, _ title: StaticString, _ upper: StaticString
  ) -> Bool {
    text.count == lower.utf8CodeUnitCount
      && (matches(text, lower) || matches(text, title) || matches(text, upper))
  }

  private static func matches(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
    for index in text.indices where unsafe text[index] != word.utf8Start[index] { return false }
    return true
  }

  private static func string(_ text: Span<UInt8>) -> String {
    unsafe String(unsafeUninitializedCapacity: text.count) { target in
      for index in text.indices { unsafe target[index] = text[index] }
      return text.count
    }
  }
}

/// The form of a decimal number: `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
private enum Shape {
  case integer, fraction, other

  init(of text: Span<UInt8>) {
    var position = 0
    func isAt(_ one: UInt8, _ other: UInt8) -> Bool {
      position < text.count && (text[position] == one || text[position] == other)
    }
    func digits() -> Int {
      let start = position
      while position < text.count, text[position] &- UInt8(ascii: "0") < 10 { position += 1 }
      return position - start
    }
    self = .other
    if isAt(UInt8(ascii: "+"), UInt8(ascii: "-")) { position += 1 }
    let whole = digits()
    if position == text.count {
      if whole > 0 { self = .integer }
      return
    }
    var fraction = 0
    if isAt(UInt8(ascii: "."), UInt8(ascii: ".")) {
      position += 1
      fraction = digits()
    }
    guard whole + fraction > 0 else { return }
    if isAt(UInt8(ascii: "e"), UInt8(ascii: "E")) {
      position += 1
      if isAt(UInt8(ascii: "+"), UInt8(ascii: "-")) { position += 1 }
      guard digits() > 0 else { return }
    }
    if position == text.count { self = .fraction }
  }
}
