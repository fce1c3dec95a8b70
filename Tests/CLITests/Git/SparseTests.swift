import Foundation
import TestSupport
import Testing

/// A sparse checkout leaves files out that are part of the repository all the same.
@Suite(.fewAtATime) struct SparseTests {
  enum Way: String, CaseIterable {
    case cone = "git sparse-checkout set vault/staging"
    case index = "git sparse-checkout set --sparse-index vault/staging"
    case patterns =
      "git sparse-checkout set --no-cone '/*' '!/vault/production/' '!/vault/.public-keys/'"
  }

  /// `production` has its own list, of Alice alone; Bob reads the rest. `../bob` has his fingerprint.
  private func world(_ way: Way) throws -> World {
    let world = try World()
    try world.output(
      #"""
      cp -a "$FILLED/." .
      gpg --batch --quiet --passphrase '' --quick-generate-key 'Bob <bob@example.com>' ed25519 cert,sign never 2> /dev/null
      bob=$(gpg --with-colons -k bob@example.com | awk -F: '$1=="fpr"{print $10; exit}')
      gpg --batch --quiet --passphrase '' --quick-add-key "$bob" cv25519 encr never
      echo "$bob" > ../bob
      printf 'sk-proj-NotARealKeyNotARealKeyNotARealKeyNotARealKeyNot%d' 7 | keyvault add staging/openai --no-test --quiet
      keyvault recipients add "$(cat ../bob)" --quiet; keyvault reencrypt --quiet
      git init -q; git add -A; git commit -q -m both
      keyvault recipients rm "$(cat ../bob)" --folder production --quiet
      keyvault reencrypt --quiet
      for i in anthropic openai; do sed -i '/^exposed:/d' vault/production/$i.yaml; done
      git add -A; git commit -q -m start
      \#(way.rawValue)
      test ! -e vault/production
      """#)
    return world
  }

  @Test(arguments: Way.allCases)
  func `a list that is not checked out decides, and nothing is written over what is`(
    way: Way
  ) throws {
    let world = try world(way)
    let added = try world.run(
      """
      printf 'gsk_NotARealKeyNotARealKeyNotARealKeyNotARealKeyNotARea%d' 1 | keyvault add production/groq --no-test --quiet
      gpg --batch --list-packets --list-only vault/production/groq.gpg 2> /dev/null | grep -c pubkey
      keyvault validate --base HEAD | grep -v entry-added
      """)
    // One reader: Alice, by the list that git has.
    #expect(added.output == "1\n" && added.status == 1, "\(added)")
    for command in [
      "printf 'sk-proj-NotARealKeyNotARealKeyNotARealKeyNotARealKeyNot%d' 8 | keyvault add production/openai --no-test --replace",
      "keyvault mv staging/openai production/openai --force",
      "keyvault recipients add \"$(cat ../bob)\" --folder production",
      "keyvault recipients rm \"$(cat ../bob)\"",
    ] {
      let result = try world.run(command)
      #expect(result.status == 73, "\(command) \(result)")
      #expect(result.errors.contains("git sparse-checkout add"), "\(command) \(result)")
    }
    for command in ["get", "rm", "show"] {
      let result = try world.run("keyvault \(command) production/openai")
      #expect(result.status == 66, "\(command) \(result)")
      #expect(result.errors.contains("git sparse-checkout add vault/production"), "\(result)")
    }
    let status = try world.run("git status --porcelain").output
    #expect(status == "?? vault/production/groq.gpg\n?? vault/production/groq.yaml\n")
  }

  @Test func `no other key takes the place of one that is not checked out`() throws {
    let world = try world(.cone)
    let result = try world.run(
      """
      printf 'environments: {production: {inherit: [staging]}}\\n' >> keyvault.yaml
      keyvault render production; echo $?
      keyvault exec production -- true; echo $?
      keyvault pick text-generation production; echo $?
      keyvault render staging | cut -c-14
      """)
    #expect(result.output == "66\n66\n66\nOPENAI_API_KEY\n", "\(result)")
    #expect(result.errors.contains("'production/anthropic' is in git"), "\(result)")
  }

  @Test func `a sidecar that is not checked out counts all the same`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      keyvault set production/openai disabled=true --quiet
      git init -q; git add -A; git commit -q -m start
      git sparse-checkout set --no-cone '/*' '!/vault/production/openai.yaml'
      test -e vault/production/openai.gpg && test ! -e vault/production/openai.yaml
      keyvault render production --format json | jq -r 'keys[]'
      """)
    #expect(result.output == "ANTHROPIC_API_KEY\n", "\(result)")
  }

  @Test(arguments: Way.allCases)
  func `what is not checked out is exposed, drifts, and is compared with the base`(
    way: Way
  ) throws {
    let world = try world(way)
    let debt = try world.run(#"keyvault recipients exposure "$(cat ../bob)""#)
    #expect(debt.output.contains("production/openai"), "\(debt)")
    #expect(!debt.output.contains("retired"), "\(debt)")
    let same = try world.run("keyvault validate --base HEAD; keyvault validate --base HEAD~1")
    #expect(!same.output.contains("entry-removed"), "\(same)")
    #expect(!same.output.contains("recipient-added"), "\(same)")
    // The index is what the next commit has.
    let changed = try world.run(
      """
      git update-index --cacheinfo "100644,$(git rev-parse HEAD~1:vault/production/openai.gpg),vault/production/openai.gpg"
      git update-index --skip-worktree vault/production/openai.gpg
      keyvault validate --base HEAD | grep rolled-back
      keyvault reencrypt
      """)
    #expect(changed.output.contains("vault/production/openai.gpg"), "\(changed)")
    #expect(changed.status == 73, "\(changed)")
    #expect(changed.errors.contains("vault/production/openai.gpg"), "\(changed)")
  }

  @Test(arguments: [
    "git sparse-checkout set vault/staging",
    // The work tree has all folders, and single files are marked.
    """
    git update-index --skip-worktree vault/production/* providers.d/*.yaml
    rm -f vault/production/* providers.d/*.yaml
    """,
  ])
  func `what is not checked out is called neither missing nor unknown`(_ way: String) throws {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      keyvault providers new acme --name Acme --base-url https://api.acme.example/v1 --quiet
      printf 'environments: {production: {require: [openai]}, staging: {require: [acme]}}\\n' >> keyvault.yaml
      git init -q; git add -A; git commit -q -m start
      keyvault get production/openai > ../key
      \(way)
      test ! -e vault/production/openai.gpg && test ! -e providers.d/acme.yaml
      """)
    let reports = try world.run(
      """
      keyvault ls production
      keyvault status --format json |
        jq -r '.results[] | select(.required or .verdict != "not_configured") | .entry + " " + .verdict'
      keyvault status production/openai --format json | jq -r '.results[].preview'
      keyvault validate --format json | jq -r '.findings[] | select(.severity == "error") | .code'
      keyvault providers show acme > /dev/null; echo $?
      """)
    #expect(
      reports.output == """
        production/anthropic
        production/openai
        production/anthropic untested
        production/openai untested
        staging/acme not_configured
        sk-proj-…0001
        0

        """, "\(reports)")
    #expect(
      reports.errors.contains("0 entries, besides 2 that are not checked out"), "\(reports)")
    for arguments in ["production", "production/openai", "production --fail-on missing"] {
      let test = try world.run("keyvault test \(arguments)")
      // Nothing is wrong, and nothing is proved.
      #expect(test.status == 3, "\(arguments): \(test)")
      #expect(test.output.contains("git has it, and this sparse checkout leaves it out"), "\(test)")
      #expect(test.output.contains("git sparse-checkout add vault/production"), "\(test)")
      #expect(!test.output.contains("missing"), "\(test)")
    }
    let trust = try world.run("keyvault accept production/openai --yes")
    #expect(trust.status == 66 && trust.errors.contains("leaves it out"), "\(trust)")
    let near = try world.run("keyvault get production/opena; keyvault test produktion")
    #expect(near.errors.contains("did you mean 'production/openai'?"), "\(near)")
    #expect(near.errors.contains("did you mean 'production'?"), "\(near)")
    let missing = try world.run("keyvault test staging")
    #expect(
      missing.status == 1 && missing.output.contains("1 required key is missing"), "\(missing)")
  }
}
