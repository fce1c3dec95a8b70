internal import YAML

/// A number as it was written: exact within `Int`, else a `Double`.
enum Number: Sendable, Comparable, CustomStringConvertible {
  case int(Int)
  case double(Double)

  init?(_ node: Node) {
    switch node.value {
    case .int(let int): self = .int(int)
    case .double(let double): self = .double(double)
    default: return nil
    }
  }

  private var double: Double {
    switch self {
    case .int(let int): Double(int)
    case .double(let double): double
    }
  }

  static func == (a: Number, b: Number) -> Bool {
    if case .int(let a) = a, case .int(let b) = b { return a == b }
    return a.double == b.double
  }

  static func < (a: Number, b: Number) -> Bool {
    if case .int(let a) = a, case .int(let b) = b { return a < b }
    return a.double < b.double
  }

  func isMultiple(of unit: Number) -> Bool {
    if case .int(let value) = self, case .int(let unit) = unit { return value.isMultiple(of: unit) }
    let quotient = double / unit.double
    guard quotient.isFinite else { return double.remainder(dividingBy: unit.double) == 0 }
    // 0.0075 and 0.0001 are both rounded, and so is their quotient; from 2^52 on it is always whole.
    return (quotient - quotient.rounded()).magnitude <= 4 * quotient.ulp
  }

  var description: String {
    switch self {
    case .int(let int): "\(int)"
    case .double(let double): "\(double)"
    }
  }
}
