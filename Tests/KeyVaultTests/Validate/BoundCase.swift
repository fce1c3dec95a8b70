@testable import KeyVault

/// Repositories with too much of something.
enum BoundCase {
  static let all: [FindingCase] = [
    FindingCase(.tooDeep, at: "vault/\(folders(Limits.depth)):1:1") { world in
      try world.write("x", to: "vault/\(folders(Limits.depth + 1))/openai.gpg")
    },
    FindingCase(.tooManyFiles, at: "providers.d:1:1") { world in
      for number in 0...Limits.providers {
        try world.write("x", to: "providers.d/p\(number).yaml")
      }
    },
    FindingCase(.historyTooLarge, at: "vault:1:1", readsHistory: true) { world in
      try FindingCase.entry("")(world)
      try world.commit()
      try world.addBomb()
    },
    FindingCase(.moreFindings, at: "providers.d/acme.yaml:1:1") { world in
      let faults = String(repeating: "1, ", count: 2_000)
      try world.write(
        "id: acme\nname: Acme\ncapabilities: [\(faults)]\n", to: "providers.d/acme.yaml")
    },
  ]

  /// `a/a/…`
  private static func folders(_ depth: Int) -> String {
    [String](repeating: "a", count: depth).joined(separator: "/")
  }
}
