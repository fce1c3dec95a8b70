import Foundation
import TestSupport
import Testing

/// Programs are started by absolute paths that others cannot change.
@Suite(.fewAtATime) struct SearchPathTests {
  private func world() throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q .
      git add -A
      git commit -qm first
      mkdir bin ../open
      for program in gpg gpg-agent gpgconf gpgsm g13 git sh pinentry; do
        printf '#!/bin/sh\\necho "$0" >> "\(world.root.path)/ran"\\nexit 1\\n' > bin/$program
        chmod +x bin/$program
      done
      cp bin/* . ; cp bin/* ../open; chmod 1777 ../open
      """)
    return world
  }

  static let paths = [
    "bin:$PATH", ".:$PATH", ":$PATH", "./bin:$PATH", "$HOME/open:$PATH", "bin", ".",
  ]

  @Test(arguments: paths) func `none of the working folder runs, nor one that others can change`(
    path: String
  ) throws {
    let world = try world()
    let result = try world.run(
      """
      keyvault=$(command -v keyvault)
      PATH="\(path)"
      for command in validate 'get production/openai' 'log production/openai' recipients doctor \
        'render production --format json' 'set production/openai description=x --commit' \
        'validate --base HEAD' 'import x --from .env'; do
        $keyvault $command > /dev/null 2>&1 < /dev/null
      done
      printf %s "$OPENAI-2" | $keyvault rotate production/openai --no-test
      $keyvault get production/openai
      """)
    #expect(try world.run("cat ../ran").output == "", "\(result)")
    #expect(result.output.hasSuffix("-2\n"), "\(result)")
  }

  static let others = [
    ("chown 12346 ../all/*", "it belongs to another user (12346)"),
    ("chown 12346 ../all", "belongs to another user (12346)"),
    ("chown 12346 ..; chmod 755 ..", "belongs to another user (12346)"),
    ("chmod 777 ..", "other users can write"),
    ("touch ../keyvault.yaml", "commits can write to the work tree"),
    ("chmod 775 ../all/git ../all/gpg", "other users can write it"),
  ]

  @Test(.enabled(if: geteuid() == 0, "only root can give a file away"), arguments: others)
  func `what another user or a commit can change does not run, and doctor says why`(
    damage: String, why: String
  ) throws {
    let world = try world()
    let result = try world.run(
      #"""
      cp -a bin ../all; chmod 755 ../all
      \#(damage)
      PATH="$HOME/all:$PATH"
      keyvault=$(command -v keyvault)
      for command in validate 'get production/openai' 'log production/openai' recipients         'render production --format json' 'set production/openai description=x --commit'         'validate --base HEAD'; do
        $keyvault $command > /dev/null 2>&1 < /dev/null || echo "$command failed"
      done
      $keyvault doctor | grep -a 'passed over'
      chown 0 .. ; chmod 755 ..
      """#)
    #expect(try world.run("cat ../ran").output == "", "\(result)")
    let told = result.output.split(separator: "\n")
    #expect(told.count == 2 && told.allSatisfy { $0.contains(why) }, "\(result)")
    #expect(told.first?.contains("gpg in '\(world.root.path)/all' is passed over") == true)
  }

  @Test func `programs of a virtual environment in the work tree do not run`() throws {
    let world = try world()
    let result = try world.run(
      """
      mkdir -p .venv; cp -a bin .venv; mkdir deep
      ln -s "$PWD/.venv/bin" ../elsewhere
      for path in "$PWD/.venv/bin" "$HOME/elsewhere" "$PWD/deep/../bin"; do
        (cd deep; PATH="$path:$PATH" "$(PATH="$PATH" command -v keyvault)" log production/openai)
        (cd deep; PATH="$path:$PATH"; keyvault get production/openai > /dev/null)
        (cd ..; PATH="$path:$PATH"; keyvault -C work validate --quiet > /dev/null)
      done
      """)
    #expect(try world.run("cat ../ran").output == "", "\(result)")
    #expect(result.errors == "", "\(result)")
  }

  @Test func `the command of exec is found by the person's own search path, and has it`() throws {
    let world = try World.withKeys()
    let result = try world.run(
      #"""
      mkdir bin
      printf '#!/bin/bash\necho "$PATH"\n' > bin/tool; chmod +x bin/tool
      for option in "" --mask --folder --clean; do
        PATH="bin:.::$PATH" keyvault exec production $option -- tool | sed "s|${PATH}|rest|"
      done
      """#)
    #expect(result.output == String(repeating: "bin:.::rest\n", count: 4), "\(result)")
  }
}
