import TestSupport
import Testing

/// Repositories and keys that are not as most are.
@Suite(.fewAtATime) struct OtherRepositoryTests {
  @Test func `a partial clone is reported as incomplete, with the command that fixes it`()
    throws
  {
    let world = try World()
    try world.output(
      """
      mkdir ../origin; cd ../origin; cp -a "$FILLED/." .; git init -q
      git config uploadpack.allowFilter true; git add -A; git commit -qm start
      printf %s1 "$OPENAI" | keyvault rotate production/openai --no-test --quiet --commit
      cd ../work; git clone -q --filter=blob:none "file://$HOME/origin" .
      """)
    let hint = "in a partial clone: git fetch --refetch --no-filter"
    for command in [
      "keyvault validate --base HEAD~1", "keyvault log production/openai",
      "keyvault recipients exposure $FPR", "keyvault validate --history",
    ] {
      let said = try world.run(command)
      let isWarning = command.hasSuffix("--history")
      #expect(said.status == (isWarning ? 0 : 3), "\(command): \(said)")
      #expect((said.output + said.errors).contains(hint), "\(command): \(said)")
    }
    let mended = try world.run(
      "git fetch -q --refetch --no-filter && keyvault validate --history --strict")
    #expect(mended.status == 0, "\(mended)")
    #expect(!mended.output.contains("not whole"), "\(mended)")
  }

  @Test func `entries are removed, moved and merged where ids are of sha256`() throws {
    let world = try World()
    let state = try world.run(
      """
      set -e
      git init -q --object-format=sha256; cp -a "$FILLED/." .; git add -A; git commit -qm start
      git checkout -qb theirs; printf %s1 "$OPENAI" | keyvault rotate production/openai --no-test --quiet --commit
      git checkout -q main; keyvault rm -f production/openai --quiet --commit
      ! git merge -q theirs > /dev/null 2>&1
      keyvault resolve --no-test --ours; git commit -qm merged
      keyvault mv production/anthropic live/ --quiet --commit
      git status --short; git ls-files vault/production vault/live | grep gpg$
      """)
    #expect(state.status == 0 && state.output == "vault/live/anthropic.gpg\n", "\(state)")
  }

  @Test func `a key that gpg exports without its user ID cannot be a recipient`() throws {
    let world = try World()
    let state = try world.run(
      """
      cp -a "$FILLED/." .
      export GNUPGHOME="$HOME/carl"; mkdir -m 700 "$GNUPGHOME"; later="--faked-system-time 20990101T000000"
      gpg --batch --quiet $later --passphrase "" --quick-generate-key "Carl <carl@example.com>" ed25519 cert,sign never
      CARL=$(gpg --list-keys --with-colons | awk -F: '$1=="fpr"{print $10; exit}')
      gpg --batch --quiet $later --passphrase "" --quick-add-key $CARL cv25519 encr never
      gpg --armor --export $CARL > ../carl.asc
      gpgconf --kill all; export GNUPGHOME="$HOME/.gnupg"
      gpg --quiet --ignore-time-conflict --ignore-valid-from --import ../carl.asc
      keyvault recipients add $CARL 2> ../said; echo $?
      """)
    #expect(state.output == "65\n", "\(state)")
    let said = try world.output("cat ../said")
    #expect(said.contains("was made in the future by this machine's clock"), "\(said)")
    #expect(said.contains("hint: one of the two clocks is wrong"), "\(said)")
  }

  @Test func `where two branches have keys of their own, the refusal says so`() throws {
    let world = try World()
    let state = try world.run(
      """
      cp -a "$FILLED/." .; git init -q; git add -A; git commit -qm start
      git checkout -qb theirs; printf %s1 "$OPENAI" | keyvault rotate production/openai --no-test --quiet --commit
      git checkout -q main; printf %s2 "$OPENAI" | keyvault rotate production/openai --no-test --quiet --commit
      keyvault get production/openai > ../key
      git checkout -q theirs; keyvault get production/openai
      """)
    #expect(state.status == 65 && state.output == "", "\(state)")
    #expect(state.errors.contains("was opened here on another branch, at commit "), "\(state)")
    #expect(state.errors.contains("keyvault accept production/openai"), "\(state)")
  }
}
