import Foundation
import TestSupport
import Testing

/// Anyone can encrypt an entry to a public key, so the hosts of a payload do not count for the next key
/// unless a trusted writer or this machine vouches for them.
@Suite(.fewAtATime) struct InheritedHostTests {
  /// A repository in which `forge ENTRY PROVIDER HOSTS [LINE]` writes an entry as an outsider would.
  private func world(_ more: String = "") throws -> World {
    let world = try World()
    try world.output(
      #"""
      cp -a "$FILLED/." .
      cat > ../forge <<'END'
      set -e
      vault=$(sed -n 's/^vault: "\(.*\)"/\1/p' keyvault.yaml)
      cp vault/production/openai.yaml ../sidecar
      printf 'sk-proj-NotARealKeyNotARealKeyNotARealKeyNotARealKeyNot%d\nvault: %s\nentry: %s\nprovider: %s\nhosts: %s\nserial: 1\n%s' 9 "$vault" "$1" "$2" "$3" "$4" > ../payload
      mkdir -p "vault/$(dirname "$1")"
      gpg --batch -q --trust-model always --yes -er "$FPR" -o "vault/$1.gpg" ../payload 2> /dev/null
      sed "s/^digest: .*/digest: sha256:$(sha256sum "vault/$1.gpg" | cut -c1-64)/" ../sidecar > "vault/$1.yaml"
      END
      printf 'sk-proj-NotARealKeyNotARealKeyNotARealKeyNotARealKeyNot%d' 5 > ../key
      \#(more.replacing("\n", with: "\n"))
      """#)
    return world
  }

  private func payload(_ entry: String, _ world: World) throws -> String {
    try world.run("gpg -q -d vault/\(entry).gpg 2> /dev/null | grep -E '^(hosts|resource)'").output
  }

  private static let evil = "only vault/production/openai.gpg names 'evil.invalid'"

  @Test func `a new key inherits no host of a forged entry, also after it was opened here`() throws
  {
    let world = try world("bash ../forge production/openai openai 'api.openai.com evil.invalid'")
    let result = try world.run(
      """
      printf 'environments: {production: {gateway: "https://evil.invalid"}}\\n' >> keyvault.yaml
      keyvault get production/openai > /dev/null
      keyvault rotate production/openai < ../key
      """)
    #expect(result.status == 1 && result.errors.contains(Self.evil), "\(result)")
    #expect(result.errors.contains("KEYVAULT_ALLOW_HOSTS=evil.invalid"), "\(result)")
    #expect(try payload("production/openai", world) == "hosts: api.openai.com evil.invalid\n")
    // Without a test the key is stored without the host.
    let stored = try world.run("keyvault rotate production/openai --no-test < ../key")
    #expect(stored.status == 0 && stored.errors.contains(Self.evil), "\(stored)")
    #expect(try payload("production/openai", world) == "hosts: api.openai.com\n")
  }

  @Test(arguments: [
    "keyvault mv production/openai staging/openai", "keyvault cp production/openai staging/openai",
    "mkdir vault/staging; git mv vault/production/openai.* vault/staging/; "
      + "keyvault adopt staging/openai --from production/openai",
  ])
  func `another command does not make a forged host this machine's own`(command: String) throws {
    let world = try world("bash ../forge production/openai openai 'api.openai.com evil.invalid'")
    let result = try world.run(
      """
      git init -q; git add -A
      \(command) --quiet || exit 9
      keyvault rotate staging/openai < ../key
      """)
    #expect(result.status == 1, "\(result)")
    #expect(
      result.errors.contains("only vault/staging/openai.gpg names 'evil.invalid'"), "\(result)")
  }

  @Test func `a field that completes a host is not inherited from a forged entry`() throws {
    let world = try world(
      "bash ../forge production/azure_openai azure_openai 'evil.openai.azure.com' 'resource: evil\n'"
    )
    for option in ["", "--no-test", "--force"] {
      let result = try world.run(
        "printf 0123456789abcdef0123456789abcde4 | keyvault rotate production/azure_openai \(option)"
      )
      #expect(result.status == 1, "\(result)")
      #expect(result.errors.contains("'evil.openai.azure.com', by a field"), "\(result)")
    }
    #expect(try payload("production/azure_openai", world).contains("resource: evil"))
    let own = try world.run(
      """
      printf 0123456789abcdef0123456789abcde4 | keyvault add production/azure_openai --replace --no-test --field resource=ours
      printf 0123456789abcdef0123456789abcde3 | keyvault rotate production/azure_openai --no-test
      """)
    #expect(own.status == 0, "\(own)")
    #expect(own.errors.contains("may travel to ours.openai.azure.com"), "\(own)")
  }

  @Test func `what this machine wrote keeps its hosts through each command`() throws {
    let world = try world(
      """
      sed 's/^id: .*/id: acme/; s/^base_url: .*/base_url: https:\\/\\/api.acme.invalid/' \\
        "$DEMO/../providers.d/deepseek.yaml" > acme.yaml
      mkdir providers.d; mv acme.yaml providers.d/
      printf 'sk-0123456789abcdef0123456789abcde%d' 1 | KEYVAULT_ALLOW_HOSTS=api.acme.invalid keyvault add p/acme --no-test --quiet
      gpg --batch --quiet --passphrase '' --quick-generate-key 'Bob <bob@example.com>' ed25519 cert,sign never 2> /dev/null
      bob=$(gpg --with-colons -k bob@example.com | awk -F: '$1=="fpr"{print $10; exit}')
      gpg --batch --quiet --passphrase '' --quick-add-key "$bob" cv25519 encr never
      echo "$bob" > ../bob
      """)
    let result = try world.run(
      """
      set -e
      keyvault mv p/acme q/acme --quiet
      keyvault recipients add "$(cat ../bob)" --quiet
      keyvault reencrypt --quiet
      keyvault adopt q/acme --quiet
      printf 'sk-0123456789abcdef0123456789abcde%d' 2 | keyvault rotate q/acme --no-test
      """)
    #expect(result.status == 0, "\(result)")
    #expect(result.errors.contains("serial 2, may travel to api.acme.invalid"), "\(result)")
  }

  @Test func `a forged entry is not signed on the way, and a signature by name vouches for it`()
    throws
  {
    let world = try world("bash ../forge production/openai openai 'api.openai.com evil.invalid'")
    let result = try world.run(
      """
      export KEYVAULT_TRUSTED_SIGNERS=$FPR
      keyvault mv production/openai staging/openai
      grep -c signature vault/staging/openai.yaml
      keyvault mv production/anthropic staging/anthropic
      grep -c signature vault/staging/anthropic.yaml
      keyvault rotate staging/openai < ../key && exit 9
      keyvault sign staging/openai
      keyvault rotate staging/openai --no-test < ../key
      """)
    #expect(result.status == 0, "\(result)")
    #expect(result.output == "0\n1\n", "\(result)")
    #expect(
      result.errors.contains("may be sent to evil.invalid, so it was not signed"), "\(result)")
    #expect(result.errors.contains("signed staging/openai, which may travel to evil.invalid"))
    #expect(result.errors.contains("serial 2, may travel to evil.invalid"), "\(result)")
  }
}
