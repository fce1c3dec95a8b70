import TestSupport
import Testing

/// A key is marked when a person who could read it is removed from its readers, by whichever
/// command.
@Suite(.fewAtATime) struct FormerReaderTests {
  private static let bob = """
    export GNUPGHOME="$HOME/bob"; mkdir -m 700 "$GNUPGHOME"
    gpg --batch --quiet --passphrase "" --quick-generate-key "Bob <bob@example.com>" ed25519 cert,sign never 2> /dev/null
    BOB=$(gpg --list-keys --with-colons 2> /dev/null | awk -F: '$1=="fpr"{print $10; exit}')
    gpg --batch --quiet --passphrase "" --quick-add-key $BOB cv25519 encr never 2> /dev/null
    gpg --armor --export $BOB > ../bob.asc
    gpgconf --kill all; export GNUPGHOME="$HOME/.gnupg"
    echo $BOB > ../bob
    cp -a "$FILLED/." .; git init -q
    keyvault recipients add ../bob.asc --quiet; keyvault reencrypt --quiet
    git add -A; git commit -qm start
    """

  private static let branch = """
    git checkout -qb theirs; keyvault recipients rm $BOB --quiet; keyvault reencrypt --quiet
    git commit -qam removed; git checkout -q main
    """

  private func marked(_ world: World) throws -> [String] {
    try world.run("grep -l \"to: $(cat ../bob)\" $(grep -l '^exposed' vault/*/*.yaml)").output
      .split(separator: "\n").map(String.init)
  }

  @Test func `a merge of a removed reader and a new key marks that key`() throws {
    let world = try World()
    let state = try world.run(
      """
      \(Self.bob)
      \(Self.branch)
      printf %s1 "$OPENAI" | keyvault rotate production/openai --no-test --quiet --commit
      git merge -q theirs > /dev/null 2>&1
      keyvault resolve --no-test
      """)
    #expect(state.status == 0 && state.errors.contains("1 key is marked as exposed"), "\(state)")
    #expect(try marked(world).contains("vault/production/openai.yaml"))
    // The old one, which was marked, is not proven dead.
    let sidecar = try world.output("cat vault/production/openai.yaml")
    #expect(sidecar.contains("unproven"), "\(sidecar)")
  }

  @Test func `re-encrypting what was added meanwhile marks it`() throws {
    let world = try World()
    let state = try world.run(
      """
      \(Self.bob)
      \(Self.branch)
      printf %s1 "$OPENAI" | keyvault add production/new --provider openai --no-test --quiet --commit
      git merge -q --no-edit theirs
      keyvault reencrypt
      """)
    #expect(state.errors.contains("1 key is marked as exposed"), "\(state)")
    #expect(state.errors.contains("production/new"), "\(state)")
    #expect(try marked(world).contains("vault/production/new.yaml"))
  }

  @Test func `a move to fewer readers marks the key, a copy and a new key do not`() throws {
    let world = try World()
    let state = try world.run(
      """
      \(Self.bob)
      mkdir vault/live; echo "$FPR" > vault/live/.gpg-id
      keyvault cp production/openai live/copy --quiet
      keyvault mv production/openai live/
      printf %s1 "$ANTHROPIC" | keyvault rotate production/anthropic --no-test --quiet
      """)
    #expect(state.errors.contains("1 key is marked as exposed"), "\(state)")
    #expect(try marked(world) == ["vault/live/openai.yaml"])
  }
}
