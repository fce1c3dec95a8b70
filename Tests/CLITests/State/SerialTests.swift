import Foundation
import TestSupport
import Testing

/// The serial of a place never goes back, whichever command writes there.
@Suite(.fewAtATime) struct SerialTests {
  private func world() throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q; git add -A; git commit -qm start
      for i in 2 3; do
        printf %s "$OPENAI-$i" | keyvault rotate production/openai --no-test --quiet --commit
      done
      """)
    return world
  }

  @Test(.needsPass)
  func `what pass puts where a key was is adopted above it`() throws {
    let world = try world()
    let result = try world.run(
      """
      keyvault rm -f production/openai --quiet --commit
      printf '%s\\n' "$OPENAI-4" | PASSWORD_STORE_DIR=$PWD/vault pass insert -m production/openai > /dev/null
      keyvault adopt production/openai --quiet
      sed -n 's/^serial: //p' vault/production/openai.yaml
      keyvault get production/openai | tail -c 3
      keyvault validate --base HEAD~1 --quiet
      """)
    let owner = "note[entry-changed]: 'owner' is not set, was 'alice@example.com' in 'HEAD~1'"
    #expect(
      result.output == "4\n-4\nvault/production/openai.yaml:2:1: \(owner)\n", "\(result)")
    #expect(result.errors == "", "\(result)")
  }

  @Test func `a rotation on an older branch is above what was opened here`() throws {
    let world = try world()
    let result = try world.run(
      """
      git checkout -q -b older HEAD~1
      printf %s "$OPENAI-5" | keyvault rotate production/openai --no-test --quiet 2> /dev/null
      sed -n 's/^serial: //p' vault/production/openai.yaml
      keyvault get production/openai | tail -c 3
      """)
    #expect(result.output == "4\n-5\n", "\(result)")
    #expect(result.errors == "", "\(result)")
  }
}
