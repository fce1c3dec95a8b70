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
