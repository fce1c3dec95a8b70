import Foundation
import Testing

@testable import KeyVault

/// Whose configuration counts as the person's own.
struct UserConfigurationOwnerTests {
  private let scratch = Scratch()

  private func refusal(_ name: String = "home/config.yaml") -> Failure? {
    failure { _ = try UserConfiguration(at: scratch.path(name)) }
  }

  @Test func `one that every user can write is refused`() throws {
    try scratch.write("signatures: required\n", to: "home/config.yaml")
    #expect(refusal() == nil)
    chmod(scratch.path("home/config.yaml"), 0o666)
    #expect(refusal()?.hints == ["chmod go-w '\(scratch.path("home/config.yaml"))'"])
    // Many systems give each user a group of its own.
    chmod(scratch.path("home/config.yaml"), 0o664)
    #expect(refusal() == nil)
    #expect(refusal("home/none") == nil)
  }

  @Test func `one in a repository is refused, in whatever folder of it`() throws {
    try scratch.write("version: 1\n", to: "keyvault.yaml")
    for name in ["config.yaml", ".config/keyvault/config.yaml"] {
      try scratch.write("signatures: required\n", to: name)
      #expect(refusal(name)?.message.contains("is inside the repository") == true)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
  func `one of another user is refused`() throws {
    try scratch.write("signatures: required\n", to: "home/config.yaml")
    chown(scratch.path("home/config.yaml"), 12346, 12346)
    #expect(refusal()?.message.contains("belongs to another user (12346)") == true)
  }
}
