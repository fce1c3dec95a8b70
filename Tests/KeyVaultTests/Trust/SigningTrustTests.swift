import Naming
import Testing

@testable import KeyVault

/// Whom a person trusts, as the environment and their own configuration say it.
struct SigningTrustTests {
  private static let a = String(repeating: "A", count: 40)
  private static let b = String(repeating: "B", count: 40)
  private static let c = String(repeating: "C", count: 40)

  private func configuration(_ text: String?) throws -> UserConfiguration {
    let scratch = Scratch()
    if let text { try scratch.write(text, to: "config.yaml") }
    return try UserConfiguration(at: scratch.path("config.yaml"))
  }

  private func trust(
    _ variables: SigningTrust.Variables, _ configuration: String? = nil, root: String = "/x"
  ) throws -> SigningTrust {
    try SigningTrust(variables, configuration: self.configuration(configuration).trust(in: root))
  }

  @Test func `by default no signer is trusted and nothing is required`() throws {
    #expect(try trust(.init()) == .none)
    #expect(SigningTrust.none.signers.isEmpty && SigningTrust.none.least == .off)
  }

  @Test func `the variable decides before the file, the file before pass`() throws {
    let file = "trusted_signers: [\(Self.b)]\n"
    let all = SigningTrust.Variables(
      signers: "\(Self.a.lowercased()), \(Self.c)\n", passKeys: Self.c)
    #expect(try trust(all, file).signers == Set(names: [Self.a, Self.c]))
    #expect(try trust(.init(passKeys: Self.c), file).signers == Set(names: [Self.b]))
    #expect(
      try trust(.init(passKeys: "\(Self.c) \(Self.a)")).signers == Set(names: [Self.c, Self.a]))
    #expect(try trust(all, file).keys == [Self.c])
    #expect(try trust(.init(key: Self.a, passKeys: Self.c), file).keys == [Self.a])
  }

  @Test func `the stricter policy counts, and trust alone asks for something`() throws {
    let required = "signatures: required\n"
    #expect(try trust(.init(), required).least == .required)
    #expect(try trust(.init(least: "optional"), required).least == .required)
    #expect(try trust(.init(least: "required")).least == .required)
    #expect(try trust(.init(signers: Self.a)).least == .optional)
    #expect(try trust(.init(), "trusted_signers: [\(Self.a)]\n").least == .optional)
    #expect(try trust(.init(passKeys: Self.a)).least == .off)
  }

  @Test func `the nearest folder decides, and what it does not say stays as it was`() throws {
    let file = """
      trusted_signers: [\(Self.a)]
      signatures: required
      repositories:
        /proc/home/alice: {trusted_signers: [\(Self.b)]}
        /proc/home/alice/keys: {trusted_signers: [\(Self.c)], signatures: required}

      """
    func signers(_ root: String) throws -> Set<String> {
      try configuration(file).trust(in: root).signers.reduce(into: []) { $0.insert($1) }
    }
    #expect(try signers("/proc/home/alice/keys") == [Self.c])
    #expect(try signers("/proc/home/alice/keys/sub") == [Self.c])
    #expect(try signers("/proc/home/alice/keys2") == [Self.b])
    #expect(try signers("/proc/home/bob") == [Self.a])
    #expect(try configuration(file).trust(in: "/proc/home/alice/x").least == .required)
    #expect(try configuration(file).trust(in: "/proc/home/bob").least == .required)
  }

  @Test func `naming a folder drops no demand of all or of a folder above it`() throws {
    let file = """
      allow_hosts: [gate.example.com]
      repositories:
        /proc/srv/a/tools: {}
        /proc/srv/a: {signatures: required, trusted_signers: [\(Self.a)]}
        /proc/srv: {allow_hosts: [other.example.com]}

      """
    for root in ["/proc/srv/a", "/proc/srv/a/tools", "/proc/srv/a/tools/x"] {
      let trust = try configuration(file).trust(in: root)
      #expect(trust.least == .required && trust.signers == [Self.a], "\(root)")
      #expect(trust.hosts == ["other.example.com"], "\(root)")
    }
    let demanding =
      "signatures: required\nrepositories: {/proc/srv: {allow_names: [ACME_SETTINGS]}}\n"
    #expect(try configuration(demanding).trust(in: "/proc/srv/x").least == .required)
    // Moved up to where a folder is named that asks for nothing.
    let moved = try configuration(
      "repositories: {/proc/srv: {}, /proc/srv/a/b: {signatures: required, trusted_signers: [\(Self.b)]}}\n"
    ).trust(in: "/proc/srv/a")
    #expect(moved.least == .required && moved.signers == [Self.b])
  }

  @Test func `a folder's other spelling is refused, and the right one is named`() throws {
    let scratch = Scratch()
    try scratch.write("", to: "keys/x")
    try scratch.link("link", to: scratch.path("keys"))
    let keys = scratch.path("keys")
    for path in [
      scratch.path("link"), scratch.path("./keys"), scratch.path("none/../keys"),
      scratch.path("link/../keys"),
    ] {
      let refusal = failure { _ = try configuration("repositories: {\(path): {}}\n") }
      #expect(refusal?.hints == ["write \"\(keys)\" in its place"], "\(path)")
    }
    #expect(throws: Never.self) { try configuration("repositories: {\(keys): {}}\n") }
    // A folder of another machine of the same person.
    #expect(throws: Never.self) { try configuration("repositories: {/not/here: {}}\n") }
    #expect(failure { _ = try configuration("repositories: {/not/./here: {}}\n") } != nil)
  }

  @Test func `a repository that moves up stays under what is asked of it`() throws {
    let file = """
      allow_hosts: [gate.example.com]
      repositories:
        /proc/home/alice/team/secrets:
          {trusted_signers: [\(Self.c)], signatures: required, allow_hosts: [evil.example.com]}
        /proc/home/alice/team/other: {trusted_signers: [\(Self.b)]}

      """
    for root in ["/proc/home/alice/team", "/proc/home/alice", "/"] {
      let trust = try configuration(file).trust(in: root)
      #expect(trust.signers == [Self.c] && trust.least == .required)
      #expect(trust.hosts == ["gate.example.com"], "a permission does not move")
    }
    #expect(try configuration(file).trust(in: "/proc/home/alice/tea").least == .off)
    #expect(try configuration(file).trust(in: "/proc/home/alice/team/third").least == .off)
  }

  @Test(arguments: [
    "trusted_signers: [ABCDEF0123456789]", "trusted_signers: []", "signatures: off",
    "signatures: yes", "signers: []", "repositories: {keys: {}}", "a: [", "- x",
    "repositories: {/proc/home/alice/: {}}",
  ])
  func `a configuration that is broken is refused`(text: String) {
    #expect(failure { _ = try configuration(text + "\n") }?.kind == .malformed)
  }

  @Test func `a file that cannot be read is refused, one that is missing is none`() throws {
    #expect(try configuration(nil).trust(in: "/x") == .init())
    let scratch = Scratch()
    try scratch.write("", to: "config.yaml/x")
    #expect(failure { _ = try UserConfiguration(at: scratch.path("config.yaml")) } != nil)
    try scratch.link("dangling", to: scratch.path("nowhere"))
    #expect(failure { _ = try UserConfiguration(at: scratch.path("dangling")) } != nil)
  }

  @Test func `a value that cannot be understood is refused`() {
    for variables in [
      SigningTrust.Variables(signers: "alice@example.com"), .init(signers: "ABCDEF0123456789"),
      .init(least: "require"), .init(least: "off"), .init(key: Self.a + "0"),
      .init(passKeys: "0x" + Self.a), .init(signers: String(repeating: "\u{ff21}", count: 40)),
    ] {
      #expect(failure { _ = try SigningTrust(variables) }?.kind == .usage)
    }
  }
}
