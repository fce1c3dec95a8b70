import Naming
import Testing

@testable import KeyVault

/// Environments that fill each other: each is visited once, however many ways lead to it.
@Suite struct InheritanceTests {
  private func inheritance(_ environments: [(String, [String])]) -> Inheritance {
    Inheritance(
      Dictionary(
        environments.map { name, inherit in
          var environment = Configuration.Environment()
          environment.inherit = inherit
          return (Name(name), environment)
        }, uniquingKeysWith: { first, _ in first }))
  }

  @Test func `own entries come first, then each inherited environment once, in listed order`()
    throws
  {
    let diamond = inheritance([
      ("top", ["left", "right"]), ("left", ["bottom"]), ("right", ["bottom", "folder"]),
    ])
    #expect(try diamond.order(from: "top") == ["top", "left", "bottom", "right", "folder"])
    #expect(try diamond.order(from: "right") == ["right", "bottom", "folder"])
    #expect(try diamond.order(from: "bottom") == ["bottom"])
    #expect(try diamond.order(from: "undeclared") == ["undeclared"])
  }

  @Test func `a circle is named by those that are in it and those that lead to it`() {
    let circles = inheritance([
      ("self", ["self"]), ("a", ["good", "b"]), ("b", ["c"]), ("c", ["a"]), ("in", ["good", "b"]),
      ("good", ["end"]), ("end", []),
    ])
    func message(_ name: String) -> String? {
      failure { _ = try circles.order(from: name) }?.message
    }
    let start = "environments inherit from each other in a circle: "
    #expect(message("self") == start + "self → self")
    #expect(message("a") == start + "a → b → c → a")
    #expect(message("in") == start + "in → b → c → a → b")
    #expect(message("good") == nil)
    #expect(message("end") == nil)
  }

  @Test func `of a long circle the ends are named`() {
    let chain = inheritance((0..<1000).map { ("e\($0)", ["e\(($0 + 1) % 1000)"]) })
    let message = failure { _ = try chain.order(from: "e0") }?.message ?? ""
    #expect(message.hasSuffix("e0 → e1 → e2 → e3 → e4 → e5 → … → e996 → e997 → e998 → e999 → e0"))
  }

  @Test(.timeLimit(.minutes(30)))
  func `a long chain needs no stack, and many ways no time`() throws {
    let chain = inheritance((0..<20_000).map { ("e\($0)", ["e\($0 + 1)"]) })
    #expect(try chain.order(from: "e0").count == 20_001)
    // Two ways at each of 200 steps: 2^200 paths.
    let ladder = inheritance(
      (0..<200).flatMap { step in
        ["a", "b"].map { ("\($0)\(step)", ["a\(step + 1)", "b\(step + 1)"]) }
      })
    #expect(try ladder.order(from: "a0").count == 401)
    let names = (0..<300).map { "e\($0)" }
    let dense = inheritance(names.indices.map { (names[$0], Array(names[($0 + 1)...])) })
    for name in names { #expect(try dense.order(from: name).first == name) }
  }

  @Test func `a thousand environments are declared and not one more`() throws {
    func configuration(_ count: Int) -> String {
      "environments:\n" + (0..<count).map { "  e\($0): {inherit: [e\($0 + 1)]}\n" }.joined()
        + "  e\(count): {}\n"
    }
    let world = try World(configuration(999))
    #expect(try world.repository.configuration.inheritance.order(from: "e0").count == 1000)
    #expect(try world.findings().isEmpty)
    try world.configure(configuration(1000))
    #expect(try world.findings().map(\.code) == ["too-many"])
    #expect(failure { _ = try world.repository }?.kind == .malformed)
  }
}
