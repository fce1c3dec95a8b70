import Foundation
import TestSupport
import Testing

/// A key's way from nothing to the program that uses it, and past other programs.
@Suite(.fewAtATime) struct JourneyTests {
  @Test func `with only the binary an empty folder becomes an env file that bash reads`() throws {
    let world = try World()
    // Neither git nor our own repository is at hand, only the binary and what gpg needs.
    try world.output(
      """
      mkdir "$HOME/bin"
      cp "$(command -v keyvault)" "$HOME/bin/"
      export PATH="$HOME/bin:/usr/bin:/bin"
      keyvault init --recipient "$FPR"
      echo "$OPENAI" | keyvault add production/openai --no-test
      echo "$ANTHROPIC" | keyvault add production/anthropic --no-test
      keyvault validate --strict
      keyvault render production --format dotenv -o .env
      keyvault render production --format shell -o env.sh
      """)
    let script = #"set -a; . ./FILE; printf '%s\n%s' "$OPENAI_API_KEY" "$ANTHROPIC_API_KEY""#
    for file in [".env", "env.sh"] {
      let read = try world.output(script.replacing("FILE", with: file))
      #expect(read == Templates.openAI + "\n" + Templates.anthropic, "\(file)")
    }
  }

  @Test(.enabled(if: Programs.pythonWithDotenv != nil, "python-dotenv is not installed"))
  func `python-dotenv reads back what render wrote, byte for byte`() throws {
    let world = try World()
    let values = ["plain-Not_a.real/key:1", "blank #hash $dollar \"quotes\" `ticks`", "é=ü %20 +,"]
    try world.output(
      """
      cp -a "$EMPTY/." .
      add() { printf %s "$2" | keyvault add "a/$1" --provider openai --env "$1" \
        --no-test --force --quiet 2>/dev/null; }
      add K0_KEY '\(values[0])'
      add K1_KEY '\(values[1])'
      add K2_KEY '\(values[2])'
      keyvault render a -o .env
      """)
    let program = "import json, dotenv; print(json.dumps(dotenv.dotenv_values('.env')))"
    let json = try world.output("\(Programs.pythonWithDotenv!) -c \"\(program)\"")
    let read = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
    #expect(read == ["K0_KEY": values[0], "K1_KEY": values[1], "K2_KEY": values[2]])
  }

  @Test(.needsPass) func `pass and gpg open what add wrote`() throws {
    let world = try World()
    let store = #"export PASSWORD_STORE_DIR="$PWD/vault"; cp -a "$FILLED/." ."#
    #expect(
      try world.output(store + "\npass show production/openai | head -1")
        == Templates.openAI + "\n")
    #expect(
      try world.output("gpg --quiet -d vault/production/openai.gpg | head -1")
        == Templates.openAI + "\n")
    #expect(try world.output(store + "\npass ls").contains("anthropic"))
  }

  @Test(.needsPass)
  func `what pass inserted is shown, not rendered, and adopted`() throws {
    let world = try World()
    try world.output(
      """
      cp -a "$EMPTY/." .
      export PASSWORD_STORE_DIR="$PWD/vault"
      printf '%s\\n' "$OPENAI" | pass insert --multiline production/openai > /dev/null
      """)
    #expect(try world.output("keyvault get production/openai") == Templates.openAI + "\n")
    #expect(try world.run("keyvault render production").status == 65)
    try world.output("keyvault adopt production/openai && keyvault validate --strict")
    #expect(
      try world.output("keyvault render production") == "OPENAI_API_KEY=\(Templates.openAI)\n")
    #expect(
      try world.output(#"PASSWORD_STORE_DIR="$PWD/vault" pass show production/openai | head -1"#)
        == Templates.openAI + "\n")
  }
}
