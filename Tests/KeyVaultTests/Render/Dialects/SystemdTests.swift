import TestSupport
import Testing

@testable import KeyVault

@Suite(.oneAtATime, .needs(.systemd))
struct SystemdTests {
  /// Why the dialect is for EnvironmentFile= alone: environment.d looks the same and is not.
  @Test func `environment.d fills a dollar that EnvironmentFile= leaves alone`() throws {
    let text = try Dialect.systemd.text(of: [.test("KV_TEST_0", "a$HOME \"b\"")])
    #expect(text.text == #"KV_TEST_0="a\$HOME \"b\"""# + "\n")
    #expect(
      try Consumer.systemd.read(["KV_TEST_0"], in: text).map { String(decoding: $0, as: UTF8.self) }
        == [
          "a$HOME \"b\""
        ])
    let scratch = Scratch()
    try scratch.write(text.bytes, to: "environment.d/keys.conf")
    let generator =
      "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"
    let filled = try run(
      [generator], ["XDG_CONFIG_HOME": scratch.folder, "HOME": "/home/alice"]
    ).text.split(separator: "\n")
    #expect(filled.contains(#"KV_TEST_0="a/home/alice \"b\"""#), "\(filled)")
  }
}
