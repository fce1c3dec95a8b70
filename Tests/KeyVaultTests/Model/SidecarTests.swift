import TestSupport
import Testing

@testable import KeyVault

/// Edits of plaintext metadata: every other byte stays.
@Suite(.fewAtATime)
struct SidecarTests {
  private static let key = "sk-proj-NotARealKeyNotARealKeyNotARealKey"

  private static let exposure =
    "exposed: {to: 3AF1AAAABBBBCCCCDDDDEEEEFFFF000011112222, since: 2026-11-20}   # flow\n"

  /// A sidecar as a person may have arranged it.
  private static let arranged = """
    # Ours; ask Alice before you touch it.
    serial:   1      # counts up

    owner: 'alice@example.com'   # quoted for no reason
    id: "01JD7Z3K8Q5M2N4P6R8T0V1W2X"
    created: 2026-01-01T00:00:00Z\r
    \(exposure)digest: sha256:\(String(repeating: "0", count: 64))
    # the end
    """

  @Test func `a field is set and every other byte stays`() throws {
    let world = try World()
    try world.store("production/openai", Self.key)
    try world.write(Self.arranged, to: "vault/production/openai.yaml")
    let name = try EntryName("production/openai")
    try world.repositoryVault.setFields([("owner", "bob@example.com")], of: name)
    #expect(
      try world.scratch.text("vault/production/openai.yaml")
        == Self.arranged.replacing("alice@example.com", with: "bob@example.com"))
    try world.repositoryVault.setFields([("owner", "alice@example.com")], of: name)
    #expect(try world.scratch.text("vault/production/openai.yaml") == Self.arranged)
  }

  @Test func `a new key changes only what it must, and begins a lineage`() throws {
    let world = try World()
    try world.write(Self.arranged, to: "vault/production/openai.yaml")
    try world.store("production/openai", Self.key, serial: 2)
    let opened = try world.open("production/openai")
    let id = try #require(opened.sidecar?.id)
    #expect(id.count == 26 && id != "01JD7Z3K8Q5M2N4P6R8T0V1W2X")
    #expect(
      try world.scratch.text("vault/production/openai.yaml")
        == Self.arranged.replacing("serial:   1 ", with: "serial:   2 ")
        .replacing("sha256:" + String(repeating: "0", count: 64), with: opened.digest)
        .replacing("01JD7Z3K8Q5M2N4P6R8T0V1W2X", with: id)
        .replacing(Self.exposure, with: "")
        .replacing(
          "\n# the end",
          with: "\npreview: sk-proj-…lKey\nrotated: 2026-11-23T17:45:00Z\n"
            + "retired: {\"1\": unproven}\n# the end")
    )
  }

  @Test(arguments: [
    ("env", "PATH"), ("env", "lower"), ("expires", "soon"), ("expires", "2027-13-01"),
    ("serial", "0"), ("id", "x"), ("unknown", "x"), ("digest", "sha256:0"),
    ("owner", String(repeating: "a", count: 300)), ("created", "2026-01-01"),
  ])
  func `what the schema does not allow is not written`(field: String, value: String) throws {
    let world = try World()
    try world.store("production/openai", Self.key)
    let before = try world.scratch.text("vault/production/openai.yaml")
    let refusal = try #require(
      failure {
        try world.repositoryVault.setFields([(field, value)], of: EntryName("production/openai"))
      })
    #expect(refusal.kind == .usage)
    #expect(try world.scratch.text("vault/production/openai.yaml") == before)
  }

  @Test func `fields are set, read and removed`() throws {
    let world = try World()
    try world.store("production/openai", Self.key)
    let name = try EntryName("production/openai")
    let before = try world.scratch.text("vault/production/openai.yaml")
    let fields = [
      ("owner", "alice@example.com"), ("description", "yes: # no\u{1f511}"), ("env", "OTHER_KEY"),
      ("expires", "2027-02-21"), ("disabled", "true"),
    ]
    for (field, value) in fields {
      try world.repositoryVault.setFields([(field, value)], of: name)
    }
    let sidecar = try #require(try world.entry("production/openai").sidecar)
    #expect(sidecar.owner == "alice@example.com")
    #expect(sidecar.description == "yes: # no\u{1f511}")
    #expect(sidecar.variable == "OTHER_KEY")
    #expect(sidecar.expires == Timestamp("2027-02-21"))
    #expect(sidecar.isDisabled)
    for (field, _) in fields { try world.repositoryVault.setFields([(field, "")], of: name) }
    #expect(try world.scratch.text("vault/production/openai.yaml") == before)
  }

  @Test func `a broken sidecar is reported with its place, and stays`() throws {
    let world = try World()
    try world.store("production/openai", Self.key)
    try world.write("id: [\n", to: "vault/production/openai.yaml")
    let name = try EntryName("production/openai")
    let refusal = try #require(
      failure { try world.repositoryVault.setFields([("owner", "x")], of: name) })
    #expect(refusal.kind == .malformed)
    #expect(refusal.message.hasPrefix("vault/production/openai.yaml:"))
    #expect(try world.scratch.text("vault/production/openai.yaml") == "id: [\n")
    #expect(try world.entry("production/openai").sidecar == nil)
    #expect(try world.open("production/openai").payload.keyText == Self.key)
  }

  @Test func `the comment for editors leads to the schema from any depth`() throws {
    let world = try World()
    for (entry, path) in [("openai", ".."), ("a/openai", "../.."), ("a/b/openai", "../../..")] {
      try world.store(entry, Self.key)
      let text = try world.scratch.text("vault/\(entry).yaml")
      #expect(text.hasPrefix("# yaml-language-server: $schema=\(path)/Schemas/entry.schema.json\n"))
    }
  }
}

/// Nothing in a repository is reached through a symbolic link.
@Suite(.fewAtATime)
struct LinkTests {
  private static let key = "sk-proj-NotARealKeyNotARealKey"

  /// What to replace by a link to itself under another name, and what must fail then.
  @Test(arguments: [
    "vault", "vault/production", "vault/production/deep", "vault/production/deep/openai.gpg",
  ])
  func `an entry behind a link does not open`(part: String) throws {
    let world = try World()
    try world.store("production/deep/openai", Self.key)
    let entry = try world.entry("production/deep/openai")
    try world.scratch.move(part, to: "elsewhere")
    try world.scratch.link(part, to: world.scratch.path("elsewhere"))
    let refusal = try #require(
      failure {
        _ = try world.repositoryVault.open(entry, requiring: .here, with: Keyring.alice.gpg)
      })
    #expect(refusal.kind == .malformed)
    #expect(refusal.message.hasSuffix("is a symbolic link, which is not followed"))
    let written = try #require(failure { try world.store("production/deep/openai", Self.key) })
    #expect(written.kind == .malformed)
  }

  @Test func `a sidecar, a list and a public key behind links are not read`() throws {
    let world = try World()
    try world.store("production/openai", Self.key)
    for part in ["vault/production/openai.yaml", "vault/.public-keys/\(Keyring.alice.fingerprint)"]
    {
      try world.scratch.move(part, to: "elsewhere")
      try world.scratch.link(part, to: world.scratch.path("elsewhere"))
      if part.hasSuffix("yaml") {
        #expect(try world.entry("production/openai").sidecar == nil)
        try world.scratch.remove(part)
        try world.scratch.remove("elsewhere")
      }
    }
    #expect(failure { try world.store("production/openai", Self.key) }?.kind == .malformed)
    try world.scratch.remove("vault/.gpg-id")
    try world.write(Keyring.alice.fingerprint, to: "list")
    try world.scratch.link("vault/.gpg-id", to: "../list")
    #expect(failure { try world.store("production/openai", Self.key) }?.kind == .malformed)
  }

  @Test func `the configuration and provider files behind links are not read`() throws {
    let world = try World()
    let mistral = try #require(Embedded.providers.first { $0.name == "mistral.yaml" }).text
    try world.write(mistral.replacing("Mistral AI", with: "Ours"), to: "mistral.yaml")
    try world.write("", to: "providers.d/.keep")
    try world.scratch.link("providers.d/mistral.yaml", to: "../mistral.yaml")
    #expect(failure { _ = try world.repository.catalogue.provider("mistral") }?.kind == .malformed)
    try world.scratch.move("keyvault.yaml", to: "real.yaml")
    try world.scratch.link("keyvault.yaml", to: "real.yaml")
    #expect(failure { _ = try world.repository }?.kind == .malformed)
  }
}
