import Foundation
import TestSupport
import Testing

/// What a change leaves that was killed between two of its files, and what may come of it.
@Suite(.fewAtATime, .needsStrace) struct JournalTests {
  /// The record is written, the new ciphertext has its name, and the sidecar is the old one.
  private func interrupted() throws -> World {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      gpgconf --launch gpg-agent
      keyvault test --gateway "$STUB/{provider}@valid" > /dev/null
      printf %s "$OPENAI-2" > ../new
      strace -f -qq -o /dev/null -e trace=renameat -e inject=renameat:signal=KILL:when=3 \
        keyvault rotate production/openai --no-test < ../new
      test -e .keyvault/journal/record
      """)
    try #require(result.status == 0, "\(result)")
    return world
  }

  @Test func `validate reports it, and reading changes nothing`() throws {
    let world = try interrupted()
    let result = try world.run(
      """
      keyvault validate --quiet
      keyvault get production/openai 2> /dev/null | tail -c 7
      ls .keyvault/journal
      """)
    #expect(result.output.contains("[interrupted]"), "\(result)")
    #expect(result.output.contains("0001-2\n") && result.output.contains("record"), "\(result)")
  }

  @Test func `the next command that writes completes it, and says so`() throws {
    let world = try interrupted()
    let result = try world.run("keyvault set production/anthropic owner=bob@example.com")
    #expect(result.status == 0)
    #expect(result.errors.contains("an earlier change was interrupted, and is ended now"))
    #expect(
      try world.output("keyvault validate --strict --quiet; ls .keyvault").contains("journal")
        == false)
    #expect(try world.output("keyvault get production/openai").hasSuffix("0001-2\n"))
  }

  @Test func `over a file that was changed since it is not redone`() throws {
    let world = try interrupted()
    let result = try world.run(
      """
      echo '# mine' >> vault/production/openai.yaml
      cp vault/production/openai.* ..
      keyvault set production/anthropic owner=bob@example.com; echo "status $?"
      cmp vault/production/openai.yaml ../openai.yaml && cmp vault/production/openai.gpg ../openai.gpg
      grep bob vault/production/anthropic.yaml
      rm -r .keyvault/journal
      keyvault set production/anthropic owner=bob@example.com --quiet; echo "status $?"
      """)
    #expect(result.output == "status 65\nstatus 0\n", "\(result)")
    #expect(
      result.errors.contains(
        "an interrupted change cannot be completed: vault/production/openai.yaml is neither what "
          + "it was"
      ))
  }

  @Test func `new content that was damaged is not taken`() throws {
    let world = try interrupted()
    let result = try world.run(
      """
      for file in .keyvault/journal/[0-9]*; do echo x >> "$file"; done
      keyvault set production/anthropic owner=bob@example.com
      """)
    #expect(result.status == 65)
    #expect(result.errors.contains("the new vault/production/openai.yaml is damaged"), "\(result)")
  }

  @Test func `a journal of another folder or another machine is not redone`() throws {
    let world = try interrupted()
    let result = try world.run(
      """
      cp -a . ../copy; cd ../copy
      keyvault set production/anthropic owner=bob@example.com; echo "status $?"
      cd ../work
      sed -i 's/"new":"sha256:..../"new":"sha256:0000/' .keyvault/journal/record
      keyvault reencrypt; echo "status $?"
      grep serial vault/production/openai.yaml
      """)
    #expect(result.output == "status 65\nstatus 65\nserial: 1\n", "\(result)")
    let refusal = "'.keyvault/journal was not written by this machine for this folder".dropFirst()
    #expect(result.errors.components(separatedBy: refusal).count == 3, "\(result)")
  }

  @Test func `without a state folder nothing is written over it`() throws {
    let world = try interrupted()
    let result = try world.run(
      """
      XDG_STATE_HOME=/dev/null/x keyvault set production/anthropic owner=bob@example.com
      echo "status $?"
      test -e .keyvault/journal/record && grep -c bob vault/production/anthropic.yaml
      """)
    #expect(result.output == "status 73\n0\n", "\(result)")
    #expect(result.errors.contains("cannot be completed without a state folder"), "\(result)")
  }
}
