import Foundation
import TestSupport
import Testing

/// What this machine remembers, and where.
@Suite(.fewAtATime) struct StateTests {
  private func world() throws -> World {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    return world
  }

  /// For the shell: where the only repository's entries are remembered.
  private static let memory = #""$HOME"/.local/state/keyvault/repositories/*/serials.jsonl"#

  private static let test = #"keyvault test --gateway "$STUB/{provider}@valid""#

  @Test func `a state home that cannot be used costs the history, and nothing else`() throws {
    let world = try world()
    let quiet = try world.run("XDG_STATE_HOME=/dev/null/x \(Self.test)")
    #expect(quiet.status == 0 && quiet.errors == "", "\(quiet)")
    let verbose = try world.run("XDG_STATE_HOME=/dev/null/x \(Self.test) --verbose")
    #expect(verbose.status == 0 && verbose.output.contains("2 keys: 2 valid"), "\(verbose)")
    #expect(
      verbose.errors.contains("keyvault: no history is kept: cannot make the folder '/dev/null"),
      "\(verbose.errors)")
    #expect(try world.output("ls -A") == world.output(#"ls -A "$FILLED""#))
    let status = try world.run("XDG_STATE_HOME=/dev/null/x keyvault status")
    #expect(status.status == 0 && status.output.contains("2 not tested"), "\(status)")
  }

  @Test func `what was opened is remembered where that can be kept, and keys open all the same`()
    throws
  {
    let world = try world()
    let get = "keyvault get production/openai --verbose"
    let nowhere = try world.run("XDG_STATE_HOME=/dev/null/x \(get)")
    #expect(nowhere.status == 0, "\(nowhere)")
    #expect(
      nowhere.errors.hasPrefix(
        "keyvault: what was opened is not remembered: cannot make the folder '/dev/null"),
      "\(nowhere.errors)")
    #expect(try world.run("CI=true \(get) --reveal").errors == "")
    #expect(try world.output("ls -A") == world.output(#"ls -A "$FILLED""#), "nothing in CI")
    let blocked = try world.run(
      "\(get); m=$(echo \(Self.memory)); rm $m; mkdir $m; \(get)")
    #expect(blocked.status == 0 && blocked.errors.contains("is not remembered"), "\(blocked)")
    let kept = try world.run("rmdir \(Self.memory); \(get); wc -l < \(Self.memory)")
    #expect(kept.errors == "" && kept.output.hasSuffix("\n1\n"))
  }

  @Test
  func `serials that cannot be read are reported on every use, since no rollback is seen then`()
    throws
  {
    let world = try world()
    try world.output("keyvault get production/openai > /dev/null")
    for damage in ["truncate -s 1G $m", "rm $m; ln -s /dev/null $m", "rm $m; mkdir $m"] {
      try world.output("m=$(echo \(Self.memory)); \(damage)")
      for _ in 1...2 {
        let result = try world.run("keyvault get production/openai")
        #expect(
          result.status == 0 && result.errors.contains("serials.jsonl"), "\(damage)\n\(result)")
      }
    }
  }

  @Test func `the memory of another machine is reported once, and not believed`() throws {
    let world = try world()
    try world.output("keyvault get production/openai > /dev/null")
    try world.output(
      #"mkdir -m 700 -p ~/other/keyvault; cp -a ~/.local/state/keyvault/repositories ~/other/keyvault"#
    )
    let elsewhere = #"XDG_STATE_HOME="$HOME/other" keyvault get production/openai > /dev/null"#
    let first = try world.run(elsewhere)
    #expect(
      first.errors
        == "keyvault: warning: 1 line of the memory of entries was not written by this machine, and "
        + "is ignored\nkeyvault: hint: remove such lines: keyvault doctor --mend\n")
    #expect(first.status == 0)
    #expect(try world.run(elsewhere).errors == "")
    #expect(try world.run("keyvault get production/openai > /dev/null").errors == "")
  }

  @Test func `doctor reports lines of others, and removes them on request`() throws {
    let world = try world()
    let result = try world.run(
      """
      keyvault get production/openai > /dev/null
      \(Self.test) > /dev/null
      echo '{"mac":"x","record":"y"}' >> .keyvault/history.jsonl
      cp .keyvault/history.jsonl .keyvault/history.jsonl.1
      echo rubbish >> \(Self.memory)
      cp .keyvault/history.jsonl ../before
      keyvault doctor | grep -A 1 '^local state'
      keyvault doctor --mend 2>&1 > /dev/null
      keyvault doctor | grep '^local state'
      cat .keyvault/history.jsonl.1 .keyvault/history.jsonl | grep -vc mac..x
      head -2 ../before | cmp - .keyvault/history.jsonl && echo kept
      keyvault status 2>&1 | grep warning
      """)
    #expect(
      result.output
        == """
        local state  warning  3 lines were not written by this machine
                     → keyvault doctor --mend
        removed 3 lines
        local state  ok  \(world.root.path)/.local/state/keyvault
        4
        kept

        """, "\(result)")
  }

  @Test func `many entries are remembered by one write`() throws {
    let world = try world()
    let writes = try world.output(
      """
      gpg -q -d vault/production/openai.gpg > /dev/null # else the agent would be traced too
      strace -f -qq -e trace=openat -o ../trace keyvault render production -o .env 2> /dev/null
      grep -c 'serials.jsonl.*O_APPEND' ../trace
      wc -l < \(Self.memory)
      """)
    #expect(writes == "1\n2\n")
  }

  @Test(arguments: ["chmod 644 $K/key", "chmod 777 $K", "chmod 666 $K/key; chmod 770 $K"])
  func `a key that others could know is reported once a command, with what fixes it`(
    _ damage: String
  ) throws {
    let world = try world()
    let result = try world.run(
      #"""
      K="$HOME/.local/state/keyvault"
      keyvault get production/openai > /dev/null
      cp \#(Self.memory) ..
      \#(damage)
      keyvault get production/openai > /dev/null 2> ../warning; echo $?
      grep -c '^keyvault: warning: .* this machine remembers nothing of this repository$' ../warning
      wc -l < ../warning
      keyvault doctor | grep '^local state' | cut -c-20
      cmp \#(Self.memory) ../serials.jsonl
      for _ in 1 2; do
        fix=$(keyvault get production/openai 2>&1 > /dev/null | sed -n 's/^keyvault: hint: //p' \
          | sed 's/, and a new.*//')
        eval "$fix"
      done
      keyvault get production/openai 2>&1 > /dev/null | grep -v doctor | grep -v 'memory of entries'
      """#)
    #expect(result.output == "0\n1\n2\nlocal state  failed \n", "\(result)")
  }

  @Test func `a state home inside the repository is neither made nor used`() throws {
    let world = try world()
    let before = try world.output("ls -A . vault")
    for path in ["$PWD/.state", "$PWD/vault", "$HOME/link/x", "$PWD/../work"] {
      let result = try world.run(
        #"ln -sfn "$PWD" "$HOME/link"; XDG_STATE_HOME="\#(path)" keyvault get production/openai"#)
      #expect(result.status == 0)
      #expect(result.errors.contains("is inside the repository"), "\(path): \(result)")
    }
    #expect(try world.output("ls -A . vault") == before)
  }

  @Test(arguments: [
    "env -u HOME", "HOME=", "HOME=home", "HOME=$HOME/none/home", "HOME=/", "HOME=keyvault.yaml",
  ])
  func `without a home nothing is kept, and none is made`(_ setting: String) throws {
    let world = try world()
    let get =
      "\(setting.hasPrefix("env") ? setting : "env \(setting)") keyvault get production/openai"
    let before = try world.output("ls -A; ls -A / ..")
    // Said once by each command that would remember something, and by no other.
    let told = """
      keyvault: warning: HOME does not name a folder, and XDG_STATE_HOME is not set, so this machine \
      remembers nothing of this repository

      """
    #expect(try world.run(get).errors == told)
    let test = try world.run(get.replacing("get production/openai", with: "render production"))
    #expect(test.status == 0 && test.errors == told, "\(test)")
    let asked = try world.run(
      get.replacing("keyvault get production/openai", with: Self.test))
    #expect(asked.status == 0 && asked.errors == told, "\(asked)")
    for command in ["show production/openai", "ls", "validate --quiet", "recipients"] {
      let quiet = try world.run(get.replacing("get production/openai", with: command))
      #expect(quiet.status == 0 && quiet.errors == "", "\(quiet)")
    }
    #expect(try world.run("CI=true \(get) --reveal").errors == "", "nothing would be kept in CI")
    #expect(try world.output("ls -A; ls -A / ..") == before)
    let doctor = try world.run("\(get.replacing("get production/openai", with: "doctor"))")
    #expect(doctor.output.contains("HOME does not name a folder"), "\(doctor)")
    // Nor where the state home is in a home that does not exist.
    let inside = try world.run(
      "HOME=$HOME/none/home XDG_STATE_HOME=$HOME/none/home/state keyvault get production/openai")
    #expect(inside.status == 0)
    #expect(try world.output("ls -A; ls -A / ..") == before)
    // Changes are made all the same.
    let change = try world.run(
      get.replacing("get production/openai", with: "set production/openai owner=b@example.com"))
    #expect(change.status == 0, "\(change)")
  }

  @Test func `a git that fails, hangs or answers wrongly does not have committed state read`()
    throws
  {
    let world = try world()
    let result = try world.run(
      """
      git init -q .
      mkdir -m 700 .keyvault
      echo '{}' > .keyvault/history.jsonl
      git add -f .keyvault
      mkdir ../bin
      for body in 'exit 128' 'exit 1' 'kill -9 $$' 'sleep 60' 'head -c 99999999 /dev/zero'; do
        printf '#!/bin/sh\n%s\n' "$body" > ../bin/git
        chmod 755 ../bin/git
        cp -a .keyvault ../before
        PATH="$HOME/bin:$PATH" keyvault get production/openai 2>&1 > /dev/null | cut -c-70
        diff -r .keyvault ../before && rm -r ../before
      done
      keyvault get production/openai; echo $?
      """)
    let warning = "keyvault: warning: git does not say whether '.keyvault' is tracked ("
    #expect(
      result.output.split(separator: "\n").filter { $0.hasPrefix(warning) }.count == 5, "\(result)")
    #expect(result.output.hasSuffix("\n65\n"), "\(result)")
    #expect(result.errors.contains("'.keyvault' is tracked by git"))
  }

  @Test func `a relative home has no repository say what the person says`() throws {
    let world = try world()
    let result = try world.run(
      """
      mkdir -p .config/keyvault
      echo 'signatures: required' > .config/keyvault/config.yaml
      HOME=. XDG_CONFIG_HOME= keyvault render production --format json | jq -r 'keys[]'
      """)
    #expect(result.output == "ANTHROPIC_API_KEY\nOPENAI_API_KEY\n", "\(result)")
  }

  @Test func `a relative state home is ignored, as the specification says`() throws {
    let world = try world()
    try world.output("XDG_STATE_HOME=state \(Self.test)")
    #expect(try world.output("ls -A | grep -c state || true") == "0\n")
    #expect(try world.output(#"ls "$HOME/.local/state/keyvault""#) == "key\nrepositories\n")
    #expect(try world.output("keyvault status").contains("2 keys: 2 valid"))
  }

  @Test func `lines of others in the history are reported once, and not believed`() throws {
    let world = try world()
    try world.output(Self.test)
    let forged = try world.run(
      """
      sed -i 's/"verdict":"valid"/"verdict":"invalid"/' .keyvault/history.jsonl
      keyvault status
      keyvault show production/openai
      """)
    #expect(
      forged.errors
        == "keyvault: warning: 2 lines of the history were not written by this machine, and are ignored\n"
        + "keyvault: hint: remove such lines: keyvault doctor --mend\n")
    #expect(forged.output.contains("2 keys: 2 not tested"))
  }
}
