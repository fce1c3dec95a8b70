import Foundation
import Testing

@testable import KeyVault

/// Whose configuration counts as the person's own.
struct UserConfigurationOwnerTests {
  private let scratch = Scratch()

  private func refusal(_ name: String = "home/config.yaml") -> Failure? {
    failure { _ = try UserConfiguration(at: scratch.path(name)) }
  }

  @Test(arguments: [0o666, 0o664, 0o622, 0o602, 0o620] as [mode_t])
  func `one that other users can write is refused, their group too`(mode: mode_t) throws {
    try scratch.write("signatures: required\n", to: "home/config.yaml")
    #expect(refusal() == nil)
    chmod(scratch.path("home/config.yaml"), mode)
    #expect(refusal()?.hints == ["chmod go-w \(scratch.path("home/config.yaml"))"])
    chmod(scratch.path("home/config.yaml"), 0o644)
    #expect(refusal() == nil)
    #expect(refusal("home/none") == nil)
  }

  @Test func `one that other users can replace is refused`() throws {
    try scratch.write("signatures: required\n", to: "home/keyvault/config.yaml")
    let file = "home/keyvault/config.yaml"
    for mode: mode_t in [0o777, 0o775, 0o757] {
      chmod(scratch.path("home/keyvault"), mode)
      #expect(refusal(file)?.hints == ["chmod go-w \(scratch.path("home/keyvault"))"])
    }
    chmod(scratch.path("home/keyvault"), 0o755)
    chmod(scratch.path("home"), 0o777)
    #expect(refusal(file)?.message.contains("below a folder that other users can change") == true)
    // Many systems give each user a group of its own.
    chmod(scratch.path("home"), 0o775)
    #expect(refusal(file) == nil)
  }

  @Test func `one in a repository is refused, in whatever folder of it`() throws {
    try scratch.write("version: 1\n", to: "keyvault.yaml")
    for name in ["config.yaml", ".config/keyvault/config.yaml"] {
      try scratch.write("signatures: required\n", to: name)
      #expect(refusal(name)?.message.contains("is inside the repository") == true)
    }
  }

  @Test func `one in a work tree of the repository is refused, and one around it is not`() throws {
    let root = scratch.path("checkout/secrets")
    for name in [
      "checkout/.git/HEAD", "checkout/secrets/keyvault.yaml", "checkout/home/config.yaml",
    ] {
      try scratch.write("", to: name)
    }
    func check(_ name: String) -> Failure? {
      failure { try UserConfiguration.check(scratch.path(name), isOutside: root) }
    }
    #expect(check("checkout/home/config.yaml")?.message.contains("is in a work tree of") == true)
    #expect(check("checkout/home/none.yaml") == nil)
    try scratch.link("elsewhere", to: scratch.path("checkout/home"))
    #expect(check("elsewhere/config.yaml") != nil)
    // Files of a person's home may be kept in git; no commit of another repository reaches them.
    try scratch.write("", to: ".git/HEAD")
    try scratch.write("", to: ".config/keyvault/config.yaml")
    #expect(check(".config/keyvault/config.yaml") == nil)
    try scratch.remove("checkout/.git")
    try scratch.write("gitdir: ../.git/modules/checkout\n", to: "checkout/.git")
    #expect(check(".config/keyvault/config.yaml") != nil, "a submodule's commits, and its parent's")
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
  func `one of another user is refused`() throws {
    try scratch.write("signatures: required\n", to: "home/config.yaml")
    chown(scratch.path("home/config.yaml"), 12346, 12346)
    #expect(refusal()?.message.contains("belongs to another user (12346)") == true)
    chown(scratch.path("home/config.yaml"), 0, 0)
    chown(scratch.path("home"), 12346, 12346)
    #expect(refusal()?.message.contains("in a folder of another user (12346)") == true)
  }
}
