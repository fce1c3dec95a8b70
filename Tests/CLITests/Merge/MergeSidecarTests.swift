import TestSupport
import Testing

/// Sidecars that git would merge as text.
@Suite(.fewAtATime) struct MergeSidecarTests {
  private static let start = """
    cp -a "$FILLED/." .; git init -q; keyvault git install --no-hook --quiet
    for e in openai anthropic; do
      keyvault set production/$e 'description=Keys of the assistant; see the runbook, docs/keys.md' --quiet
    done
    git add -A; git commit -qm start; git checkout -qb theirs
    """

  @Test func `what was said of one key is never written into the sidecar of another`() throws {
    let world = try World()
    let state = try world.run(
      """
      \(Self.start)
      keyvault set production/openai disabled=true expires=2027-05-01 --quiet --commit
      git checkout -q main
      keyvault rm -f production/openai --quiet --commit
      printf %s1 "$ANTHROPIC" | keyvault add production/other --provider anthropic --no-test --quiet
      keyvault set production/other 'description=Keys of the assistant; see the runbook, docs/keys.md' --quiet
      git add -A; git commit -qm other
      git merge -q --no-edit theirs > /dev/null 2>&1
      keyvault resolve --no-test --ours >&2
      git diff --name-only --diff-filter=U
      grep -c -e disabled -e expires vault/production/other.yaml
      """)
    #expect(state.output == "0\n", "\(state)")
  }

  @Test func `fields that two people set meet without a secret key`() throws {
    let world = try World()
    let state = try world.run(
      """
      \(Self.start)
      keyvault set production/openai expires=2027-05-01 --quiet --commit
      git checkout -q main
      keyvault set production/openai owner=bob@example.com --quiet --commit
      git merge -q theirs > /dev/null 2>&1
      sha256sum vault/production/openai.gpg > ../before
      GNUPGHOME="$PWD/../none" keyvault resolve >&2
      git diff --name-only --diff-filter=U
      sha256sum --check --quiet ../before
      grep -e owner -e expires vault/production/openai.yaml; keyvault validate --strict >&2
      """)
    #expect(
      state.output.split(separator: "\n").sorted() == [
        "expires: 2027-05-01", "owner: bob@example.com",
      ] && state.status == 0, "\(state)")
  }

  @Test func `what an earlier version wrote into gitattributes is replaced`() throws {
    let world = try World()
    let state = try world.run(
      """
      cp -a "$EMPTY/." .; git init -q; keyvault git install --no-hook --quiet
      cp .gitattributes ../new
      { echo '*.png binary'; grep -v yaml ../new | sed 's/ -merge//'; echo '*.svg text'; } > .gitattributes
      keyvault git install --no-hook --quiet
      { echo '*.png binary'; cat ../new; echo '*.svg text'; } | diff - .gitattributes
      """)
    #expect(state.status == 0 && state.output == "", "\(state)")
  }
}
