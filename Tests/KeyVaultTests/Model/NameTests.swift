import TestSupport
import Testing

@testable import KeyVault

struct EntryNameTests {
  @Test(arguments: [
    ("openai", "", "openai"), ("production/openai", "production", "openai"),
    ("users/alice@example.com/x.y_z+1-2", "users/alice@example.com", "x.y_z+1-2"),
    ("A/B/C", "A/B", "C"), ("0/_x", "0", "_x"), ("a/x.gpgx", "a", "x.gpgx"),
  ])
  func `a path is an environment and a name`(path: String, environment: String, name: String) throws
  {
    let entry = try EntryName(path)
    #expect(entry.environment == environment)
    #expect(entry.name == name)
    #expect(entry.ciphertextPath == "vault/\(path).gpg")
    #expect(entry.sidecarPath == "vault/\(path).yaml")
    #expect(EntryName(found: path) == entry)
  }

  @Test(arguments: [
    ("", "it is empty"), ("/x", "it starts with '/'"), ("a//b", "an empty part between slashes"),
    ("a/", "an empty part between slashes"), ("../x", "it leads outside of its folder"),
    ("a/../b", "it leads outside of its folder"), ("./a", "it leads outside of its folder"),
    ("-x", "a part starts with a dash"), ("a/--force", "a part starts with a dash"),
    (".gpg-id", "a part starts with a dot"), ("a/.public-keys/x", "a part starts with a dot"),
    ("a b", "it holds ' '"), ("a\0b", "it holds U+0"), ("a\nb", "it holds U+A"),
    ("ä", "it holds U+E4"), ("a\u{202e}b", "it holds U+202E"), ("a\\b", "it holds '\\'"),
    ("a/\u{301}b", "it holds"), ("a:b", "it holds ':'"), ("a*", "it holds '*'"),
    ("x.gpg", "leave out '.gpg'"), (String(repeating: "a", count: 201), "longer than 200 bytes"),
    (String(repeating: "a/", count: 512) + "a", "longer than 1024 bytes"), ("~/x", "it holds '~'"),
  ])
  func `a name that could lead elsewhere is refused`(path: String, objection: String) throws {
    let refusal = try #require(failure { _ = try EntryName(path) })
    #expect(refusal.kind == .usage)
    #expect(refusal.message.contains(objection), "\(refusal.message)")
    #expect(!refusal.message.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202e}" })
    #expect(EntryName(found: path) == nil)
  }

  @Test func `names are in the order of their bytes`() throws {
    let sorted = try ["B", "a", "a+b", "a-b", "a/b", "aa"].map(EntryName.init)
    #expect(sorted.reversed().sorted() == sorted)
  }
}

@Suite(.fewAtATime)
struct VariableNameTests {
  /// The words of the threat model, one by one.
  @Test(arguments: [
    "LD_PRELOAD", "LD_", "DYLD_INSERT_LIBRARIES", "GCONV_PATH", "PATH", "HOME", "SHELL", "IFS",
    "ENV", "BASH_ENV", "BASH_FUNC_X", "PS4", "SHELLOPTS", "PROMPT_COMMAND", "NODE_OPTIONS",
    "NODE_EXTRA_CA_CERTS", "PYTHONPATH", "PYTHON", "PYTHONSTARTUP", "PERL5OPT", "PERL5LIB",
    "RUBYOPT", "RUBYLIB", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "GIT_SSH_COMMAND", "GIT_DIR",
    "SSH_ASKPASS", "SSH_AUTH_SOCK", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "_PROXY",
    "SSL_CERT_FILE", "CURL_CA_BUNDLE", "CURL_HOME", "REQUESTS_CA_BUNDLE", "XDG_CONFIG_HOME",
    "TMPDIR", "GNUPGHOME", "PWD", "SHLVL", "PASSWORD_STORE_DIR", "KEYVAULT_GPG_KEY", "GITHUB_ENV",
    "GITHUB_TOKEN", "RUNNER_TEMP", "ACTIONS_RUNTIME_TOKEN", "CI",
  ])
  func `a name that steers programs is never rendered`(name: String) throws {
    #expect(VariableName.objection(to: name) != nil)
    // The schema of sidecars says the same, so that editors do.
    let world = try World()
    let sidecar = """
      id: 01JD00000000
      digest: sha256:\(String(repeating: "0", count: 64))
      serial: 1
      created: 2026-11-23T17:45:00Z
      env: \(name)

      """
    try world.write(sidecar, to: "vault/production/openai.yaml")
    let findings = try world.findings().filter { $0.file == "vault/production/openai.yaml" }
    #expect(findings.contains { $0.severity == .error && $0.line == 5 }, "\(findings)")
  }

  @Test(arguments: [
    "", "openai_api_key", "OPENAI_API_KEy", "1A", "_A", "A-B", "A B", "A=B", "A\nB", "Ä", "A.B",
    "A\0",
  ])
  func `a name is capital letters, digits and underscores`(name: String) {
    #expect(VariableName.objection(to: name) != nil)
  }

  @Test(arguments: [
    "OPENAI_API_KEY", "A", "A1_", "PATHS", "MY_PATH", "CI_KEY", "HOMEPAGE_KEY", "ENVIRONMENT",
    "PROXY", "HTTP_PROXY_KEY", "RUNWAYML_API_SECRET", "PERPLEXITY_API_KEY",
  ])
  func `other names are rendered`(name: String) {
    #expect(VariableName.objection(to: name) == nil)
  }

  @Test func `every variable of the catalogue may be rendered`() {
    for id in BuiltIn.ids {
      let provider = BuiltIn.provider(id)!
      let names =
        provider.variables + [provider.baseURLVariable].compactMap(\.self)
        + provider.formats.flatMap { $0.variables ?? [] } + provider.fields.compactMap(\.variable)
      for name in names { #expect(VariableName.objection(to: name) == nil, "\(id): \(name)") }
    }
  }
}
