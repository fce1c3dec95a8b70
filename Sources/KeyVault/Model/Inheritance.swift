internal import Naming

/// Which environments fill which, as numbers: each is visited once, however many ways lead to it, and no
/// name is compared on the way.
struct Inheritance: Sendable {
  private let names: [String]
  private let numbers: [Name: Int]
  /// By number: those that an environment inherits, in order.
  private let inherited: [[Int]]
  /// By number: whether a circle can be reached from it.
  private let leadsToCircle: [Bool]

  init(_ environments: [Name: Configuration.Environment]) {
    let declared = environments.filter { !$0.value.inherit.isEmpty }
    var names = declared.map(\.key.text)
    var numbers = Dictionary(
      zip(names.map { Name($0) }, names.indices), uniquingKeysWith: { first, _ in first })
    var inherited = declared.map { environment in
      environment.value.inherit.map { name in
        if let number = numbers[Name(name)] { return number }
        numbers[Name(name)] = names.count
        names.append(name)
        return names.count - 1
      }
    }
    inherited += [[Int]](repeating: [], count: names.count - inherited.count)
    leadsToCircle = Self.circles(inherited)
    self.names = names
    self.numbers = numbers
    self.inherited = inherited
  }

  /// The environment itself and all that it inherits, each once, in the order in which they fill. Throws if
  /// environments inherit from each other in a circle.
  func order(from environment: String) throws(Failure) -> [String] {
    guard let start = numbers[Name(environment)] else { return [environment] }
    guard !leadsToCircle[start] else { throw circle(from: start) }
    var isKnown = [Bool](repeating: false, count: names.count)
    var order: [String] = []
    var open = [start]
    while let next = open.popLast() {
      guard !isKnown[next] else { continue }
      isKnown[next] = true
      order.append(names[next])
      open += inherited[next].reversed()
    }
    return order
  }

  /// Where it is known that there is a circle, the first one is found by going to what leads to it.
  private func circle(from start: Int) -> Failure {
    var path = [start]
    var isOnPath = [Bool](repeating: false, count: names.count)
    isOnPath[start] = true
    while let next = inherited[path[path.count - 1]].first(where: { leadsToCircle[$0] }) {
      path.append(next)
      if isOnPath[next] { break }
      isOnPath[next] = true
    }
    let shown = path.map { names[$0] }
    let parts = shown.count <= 12 ? shown : shown.prefix(6) + ["…"] + shown.suffix(5)
    return Failure(
      .malformed,
      "environments inherit from each other in a circle: " + parts.joined(separator: " → "))
  }

  private static func circles(_ inherited: [[Int]]) -> [Bool] {
    enum State { case new, open, done }
    var states = [State](repeating: .new, count: inherited.count)
    var leadsToCircle = [Bool](repeating: false, count: inherited.count)
    for start in inherited.indices where states[start] == .new {
      // Each with the position of the next that it inherits.
      var path = [(number: start, next: 0)]
      states[start] = .open
      while let (number, next) = path.last {
        guard next < inherited[number].count else {
          states[number] = .done
          path.removeLast()
          if leadsToCircle[number], let above = path.last { leadsToCircle[above.number] = true }
          continue
        }
        path[path.count - 1].next += 1
        let below = inherited[number][next]
        switch states[below] {
        case .open: leadsToCircle[number] = true
        case .done: leadsToCircle[number] = leadsToCircle[number] || leadsToCircle[below]
        case .new:
          states[below] = .open
          path.append((below, 0))
        }
      }
    }
    return leadsToCircle
  }
}
