import Foundation
import Testing

@testable import KeyVault

/// Commands that messages tell work where the person stands.
struct StandpointTests {
  private static let parts: [Shell.Part] = [
    .text("git add -- "), .path("vault/a b"), .text(" "), .path("vault/c"),
  ]
  private static let other: [Shell.Part] = [.text("sed -i s/x// "), .path("vault/.gpg-id")]

  @Test(arguments: [
    ("/r", "/r", "git add -- 'vault/a b' vault/c", "sed -i s/x// vault/.gpg-id"),
    (
      "/r/src/deep", "/r", "git add -- '../../vault/a b' ../../vault/c",
      "sed -i s/x// ../../vault/.gpg-id"
    ),
    ("/", "/r", "git -C r add -- 'vault/a b' vault/c", "sed -i s/x// r/vault/.gpg-id"),
    ("/r-other", "/r", "git -C /r add -- 'vault/a b' vault/c", "sed -i s/x// /r/vault/.gpg-id"),
    (
      "/h", "/h/my repo", "git -C 'my repo' add -- 'vault/a b' vault/c",
      "sed -i s/x// 'my repo/vault/.gpg-id'"
    ),
  ])
  func `a path leads from where the person stands`(
    folder: String, root: String, git: String, sed: String
  ) {
    let standpoint = Standpoint(of: folder, root: root)
    #expect(standpoint.command(Self.parts) == git)
    #expect(standpoint.command(Self.other) == sed)
  }

  @Test func `a command of ours names the repository where the person is outside of it`() {
    let outside = Standpoint(of: "/", root: "/r")
    #expect(outside.command([.text("keyvault adopt p/x")]) == "keyvault -C r adopt p/x")
    #expect(outside.command([.text("git -C /r add x")]) == "git -C /r add x")
    #expect(
      Standpoint(of: "/r/x", root: "/r").command([.text("keyvault adopt p/x")])
        == "keyvault adopt p/x")
  }
}
