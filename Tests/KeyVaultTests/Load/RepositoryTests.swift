import Naming
import TestSupport
import Testing

@testable import KeyVault

@Suite(.fewAtATime)
struct RepositoryTests {
  @Test func `the root is the nearest folder with a configuration`() throws {
    let world = try World()
    let root = world.scratch.folder
    try world.write("", to: "vault/deep/er/x")
    try world.write("version: 1\nvault: \"0011223344556677\"\n", to: "nested/keyvault.yaml")
    try world.write("", to: "nested/sub/x")
    #expect(try Repository.root(from: root + "/vault/deep/er") == root)
    #expect(try Repository.root(from: root) == root)
    #expect(try Repository.root(from: root + "/nested/sub") == root + "/nested")
    let refusal = try #require(failure { _ = try Repository.root(from: "/usr/lib") })
    #expect(refusal.kind == .notFound)
    #expect(refusal.hints == ["run 'keyvault init' to create a repository here"])
  }

  @Test func `a root in another one's work tree is used only if the user names it`() throws {
    let world = try World()
    let root = world.scratch.folder
    try world.write("version: 1\nvault: \"0011223344556677\"\n", to: "a/b/keyvault.yaml")
    try world.write("", to: "a/b/sub/x")
    try world.git("init", "-q")
    let refusal = try #require(failure { _ = try Repository.root(from: root + "/a/b/sub") })
    #expect(refusal.kind == .malformed && refusal.hints.count == 2)
    #expect(refusal.message.hasPrefix("'\(root)/a/b' is a repository in another one, '\(root)'"))
    #expect(try Repository.root(from: root + "/a") == root)
    #expect(
      try Repository.root(from: root + "/a/b", isNamed: { $0 == root + "/a/b" }) == root + "/a/b")
    #expect(
      failure { _ = try Repository.root(from: root + "/a/b", isNamed: { $0 == root }) } != nil)
    // A submodule is a work tree in another one.
    try world.write("gitdir: ../../.git/modules/b\n", to: "a/b/.git")
    #expect(failure { _ = try Repository.root(from: root + "/a/b") } != nil)
    // A folder that no commit reaches may have repositories below it.
    try world.scratch.remove(".git")
    #expect(try Repository.root(from: root + "/a/b") == root + "/a/b")
  }

  @Test func `a whole configuration is read`() throws {
    let world = try World(
      """
      environments:
        production: {description: Live traffic, require: [openai, anthropic]}
        staging: {inherit: [shared, production]}
        demo: {gateway: "http://127.0.0.1:8971/{provider}"}
      preferences: {text-generation: [anthropic, openai]}
      policy: {rotation: {max_age: 90d}, preview: 2, unbound: allow, hidden: allow}

      """)
    let configuration = try world.repository.configuration
    #expect(configuration.vaultID == World.vaultID)
    #expect(configuration.environments["production"]?.description == "Live traffic")
    #expect(configuration.environments["production"]?.require == ["openai", "anthropic"])
    #expect(configuration.environments["staging"]?.inherit == ["shared", "production"])
    #expect(configuration.environments["demo"]?.gateway == "http://127.0.0.1:8971/{provider}")
    #expect(configuration.preferences == ["text-generation": ["anthropic", "openai"]])
    #expect(configuration.policy.preview == 2)
    #expect(configuration.policy.allowsUnbound)
    #expect(configuration.policy.allowsHiddenRecipients)
  }

  @Test func `a policy shows less of a key, never more`() throws {
    let world = try World("policy: {preview: 2}\n")
    try world.store("production/mistral", "NotARealKeyNotARealKeyNotAR9f3A")
    #expect(try world.entry("production/mistral").sidecar?.preview == "…3A")
    try world.configure("policy: {preview: 5}\n")
    #expect(failure { _ = try world.repository }?.kind == .malformed)
  }

  @Test(arguments: [
    "environments: [a]\n", "polcy: {}\n", "policy: {unbound: yes please}\n", "version: 2\n",
    "environments: {../x: {}}\n", "a: &b 1\n",
    "environments: {a: {gateway: ftp://a.example.com}}\n",
    "policy: {signatures: require}\n", "policy: {cache: 1h}\n",
    "policy: {recipient_warn: 3}\n", "policy: {exposed_grace: 7}\n",
  ])
  func `a broken configuration is reported with its place`(text: String) throws {
    let world = try World()
    try world.configure(text)
    let refusal = try #require(failure { _ = try world.repository })
    #expect(refusal.kind == .malformed)
    #expect(refusal.message.hasPrefix("keyvault.yaml:"), "\(refusal.message)")
    #expect(refusal.hints.last == "run 'keyvault validate' to see every finding")
  }

  @Test func `a layout is made once, and is a valid repository`() throws {
    let scratch = Scratch()
    try scratch.write("*.log\n.env", to: ".gitignore")
    let key = PublicKeyFile(
      fingerprint: Keyring.alice.fingerprint, armored: Keyring.alice.publicKey)
    let written = try Layout(root: scratch.folder).create(recipients: [key])
    #expect(
      written.sorted() == [
        ".gitignore", "Schemas/entry.schema.json", "Schemas/keyvault.schema.json",
        "Schemas/provider.schema.json", "keyvault.yaml", "vault/.gpg-id",
        "vault/.public-keys/\(Keyring.alice.fingerprint)",
      ])
    #expect(try scratch.text(".gitignore") == "*.log\n.env\n.keyvault/\n.keyvault-*.tmp\n.env.*\n")
    #expect(try scratch.text("vault/.gpg-id") == Keyring.alice.fingerprint + "\n")
    #expect(
      try Validator(root: scratch.folder, now: World.now, program: Keyring.gpgProgram).outcome()
        .findings.isEmpty)
    #expect(try Repository(at: scratch.folder).configuration.vaultID.count == 32)
    let before = try scratch.text("keyvault.yaml")
    #expect(
      failure { _ = try Layout(root: scratch.folder).create(recipients: []) }?.kind == .cannotWrite)
    #expect(try scratch.text("keyvault.yaml") == before)
  }

  @Test func `what is commented out in a new configuration is valid`() throws {
    let scratch = Scratch()
    _ = try Layout(root: scratch.folder).create(recipients: [])
    let text = try scratch.text("keyvault.yaml").split(
      separator: "\n", omittingEmptySubsequences: false
    )
    .map { $0.hasPrefix("# yaml") ? "" : $0.hasPrefix("# ") ? String($0.dropFirst(2)) : String($0) }
    .joined(separator: "\n")
    #expect(text.contains("\nenvironments:\n"))
    try scratch.write(text, to: "keyvault.yaml")
    let configuration = try Repository(at: scratch.folder).configuration
    #expect(configuration.policy.maxAge == 90)
    #expect(configuration.environments.count == 3)
  }
}

struct CatalogueTests {
  @Test func `a local file replaces the built-in one as a whole`() throws {
    let world = try World()
    let text = try #require(Embedded.providers.first { $0.name == "mistral.yaml" }).text
    try world.write(
      text.replacing("name: Mistral AI", with: "name: Ours"), to: "providers.d/mistral.yaml")
    let catalogue = try world.repository.catalogue
    let mistral = try #require(try catalogue.provider("mistral"))
    #expect(mistral.name == "Ours")
    #expect(mistral.source == .override(changes: ["name"]))
    #expect(try catalogue.provider("openai")?.source == .builtIn)
    #expect(try catalogue.provider("none") == nil)
  }

  @Test func `a broken file stops only who needs it`() throws {
    let world = try World()
    try world.write("id: acme\n", to: "providers.d/acme.yaml")
    try world.write("{", to: "providers.d/mistral.yaml")
    try world.write("", to: "providers.d/readme.md")
    let catalogue = try world.repository.catalogue
    #expect(
      failure { _ = try catalogue.provider("acme") }?.message.hasPrefix("providers.d/acme.yaml:1:")
        == true)
    #expect(failure { _ = try catalogue.provider("mistral") }?.kind == .malformed)
    #expect(catalogue.all().providers.map(\.id) == BuiltIn.ids.filter { $0 != "mistral" })
    #expect(catalogue.ids == (BuiltIn.ids + ["acme"]).sorted())
  }

  @Test func `a file under another's id is refused`() throws {
    let world = try World()
    let text = try #require(Embedded.providers.first { $0.name == "mistral.yaml" }).text
    try world.write(text, to: "providers.d/acme.yaml")
    #expect(failure { _ = try world.repository.catalogue.provider("acme") }?.kind == .malformed)
  }

  @Test func `every built-in provider is whole`() throws {
    #expect(
      BuiltIn.ids == [
        "ai21", "anthropic", "assemblyai", "azure_openai", "bfl", "cerebras", "cohere", "deepgram",
        "deepinfra", "deepseek", "elevenlabs", "fal", "fireworks", "gemini", "groq", "huggingface",
        "jina", "luma", "mistral", "moonshot", "novita", "nvidia_nim", "openai", "openrouter",
        "perplexity", "replicate", "runway", "sambanova", "stability", "together", "voyage", "xai",
      ])
    // No free request that needs an ordinary key of these has been confirmed.
    let unverifiable = ["fal", "jina", "sambanova"]
    for id in BuiltIn.ids {
      let provider = try #require(BuiltIn.provider(id))
      #expect(provider.id == id)
      #expect(
        !provider.capabilities.isEmpty && !provider.variables.isEmpty && !provider.formats.isEmpty,
        "\(id)")
      #expect(provider.links.keys != nil && provider.links.docs != nil, "\(id)")
      #expect(provider.auth != nil, "\(id)")
      #expect(!provider.origins(["resource": "example"]).isEmpty, "\(id)")
      #expect(provider.logo == "logos/\(id).svg")
      #expect(provider.definitions.isEmpty == unverifiable.contains(id), "\(id)")
      for (_, definition) in provider.definitions {
        #expect(definition.rules.contains { $0.verdict == .valid }, "\(id)")
        #expect(!definition.costsTokens, "\(id)")
      }
    }
  }
}
