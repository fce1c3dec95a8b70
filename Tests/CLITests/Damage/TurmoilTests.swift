import Foundation
import TestSupport
import Testing

/// Many at once, and what else goes wrong on a machine.
@Suite(.fewAtATime) struct TurmoilTests {
  private func world() throws -> World {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    return world
  }

  @Test func `two that add to the same folder both do, and of the same entry one does`() throws {
    let world = try world()
    let result = try world.run(
      """
      for i in 1 2 3 4; do
        printf %s "$OPENAI" | keyvault add production/key$i --provider openai --no-test --quiet &
        printf %s "$OPENAI" | keyvault add production/same --provider openai --no-test --quiet 2>> ../errors && echo added &
      done
      wait
      keyvault ls
      keyvault validate --quiet | grep -v same-variable | grep error
      sort ../errors | uniq -c | sed 's/^ *//'
      """)
    let lines = Set(result.output.split(separator: "\n").map(String.init))
    #expect(result.output.split(separator: "\n").count { $0 == "added" } == 1, "\(result)")
    for name in ["key1", "key2", "key3", "key4", "same"] {
      #expect(lines.contains("production/\(name)"), "\(result)")
    }
    #expect(!result.output.contains("error["), "\(result)")
    #expect(
      !result.output.contains("error:") || result.output.contains("exists already")
        || result.output.contains("changed meanwhile"), "\(result)")
  }

  @Test func `of those that add one entry a moment apart none replaces another's`() throws {
    let world = try world()
    let rounds = Nightly.count(30, of: "add one entry a moment apart", sample: 4)
    let result = try world.run(
      """
      for round in $(seq \(rounds)); do
        rm -f ../added
        for i in 1 2 3 4 5 6; do
          (sleep 0.0$((RANDOM % 5))
            printf %s "$OPENAI-$i" | keyvault add race/e$round --provider openai --no-test --quiet \
              2> /dev/null && echo x >> ../added) &
        done
        wait
        wc -l < ../added
      done
      """)
    #expect(result.output == String(repeating: "1\n", count: rounds), "\(result)")
  }

  @Test func `two that change one sidecar lose no change silently`() throws {
    let world = try world()
    let result = try world.run(
      """
      for i in 1 2 3 4 5 6; do
        keyvault set production/openai owner=o$i@example.com --quiet 2>> ../errors && echo o$i &
        keyvault set production/openai description=d$i --quiet 2>> ../errors && echo d$i &
      done
      wait
      grep -e owner -e description vault/production/openai.yaml
      keyvault validate --quiet --strict
      """)
    // A command that reported a changed description or owner was not undone by the other kind.
    let lines = result.output.split(separator: "\n")
    let said = lines.filter { $0.count == 2 }
    #expect(!said.isEmpty, "\(result)")
    for (kind, field) in [("o", "owner: o"), ("d", "description: d")] {
      let isThere = lines.contains { $0.hasPrefix(field) }
      #expect(isThere == said.contains { $0.hasPrefix(kind) }, "\(result)")
    }
    #expect(result.status == 0, "\(result)")
  }

  @Test(.needsMount)
  func `a repository that cannot be written says so, and can be read`() throws {
    let world = try world()
    let result = try world.run(
      """
      unshare -m bash <<'END'
      mount --bind . . && mount -o remount,ro,bind . && cd "$PWD"
      keyvault get production/openai > /dev/null && echo "get: $?"
      keyvault test --gateway "$STUB/{provider}@valid" --quiet > /dev/null; echo "test: $?"
      keyvault set production/openai owner=bob@example.com; echo "set: $?"
      printf %s "$OPENAI" | keyvault add new/openai --no-test; echo "add: $?"
      keyvault reencrypt; echo "reencrypt: $?"
      END
      """)
    #expect(
      result.output == "get: 0\ntest: 0\nset: 73\nadd: 73\nreencrypt: 0\n", "\(result)")
    #expect(result.errors.contains("the file system is read-only"), "\(result)")
  }

  @Test func `a clock that went back changes nothing that was written`() throws {
    let world = try world()
    let result = try world.run(
      """
      export SOURCE_DATE_EPOCH=86400
      keyvault status --quiet > /dev/null && keyvault validate --quiet
      printf %s "$OPENAI-2" | keyvault rotate production/openai --no-test --quiet
      grep -e created -e rotated -e serial vault/production/openai.yaml
      keyvault validate --quiet
      """)
    #expect(
      result.output
        == "serial: 2\ncreated: 2026-11-23T17:45:00Z\nrotated: 1970-01-02T00:00:00Z\n", "\(result)")
  }

  /// What opens entries, and what it may say when the agent dies beneath it.
  static let opening = Nightly.cases(
    ["keyvault render many", "keyvault reencrypt", "keyvault rotate many/key1 --no-test < ../new"],
    of: "an agent that dies in the middle"
  ) { $0 == "keyvault reencrypt" }

  @Test(arguments: opening)
  func `an agent that dies in the middle costs a message, and no entry`(
    _ command: String
  ) throws {
    let world = try world()
    let result = try world.run(
      """
      for i in $(seq 8); do
        printf %s "$OPENAI-$i" | keyvault add many/key$i --provider openai --no-test --quiet
        keyvault set many/key$i env=K${i}_KEY --quiet
      done
      printf %s "$OPENAI-new" > ../new
      gpg() { command gpg --homedir ../bob --batch --quiet "$@" 2> /dev/null; }
      mkdir -m 700 ../bob
      gpg --passphrase '' --quick-generate-key 'Bob <bob@example.com>' future-default default never
      bob=$(gpg --list-keys --with-colons | awk -F: '$1=="fpr"{print $10; exit}')
      gpg --armor --export > "vault/.public-keys/$bob"
      echo "$bob" >> vault/.gpg-id
      for i in 1 2 3 4; do
        (sleep 0.0$((3 * i)); gpgconf --kill gpg-agent) &
        \(command) > ../out 2> ../errors
        case $? in
          0) ;;
          *) grep -e 'cannot open' -e 'same key' ../errors | head -1 | sed 's/many.*//' ;;
        esac
        wait
      done
      keyvault reencrypt --quiet
      keyvault validate --quiet
      keyvault render many | wc -l
      """)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.last == "8", "\(result)")
    for line in lines.dropLast() {
      #expect(
        ["keyvault: error: cannot open '", "keyvault: warning: "].contains { line.hasPrefix($0) }
          || line.contains("same key"), "\(line)\n\(result)")
    }
  }

  @Test func `a machine whose clock is behind its keys reads, reports and writes as another`()
    throws
  {
    let world = try world()
    let result = try world.run(
      """
      past() { faketime '2020-01-01 00:00:00' keyvault "$@"; }
      past get production/openai > /dev/null && echo "get: $?"
      past recipients | grep -o ready
      past validate --quiet; echo "validate: $?"
      printf %s "$OPENAI-2" | past rotate production/openai --no-test --quiet; echo "rotate: $?"
      past reencrypt --check; echo "reencrypt: $?"
      keyvault get production/openai | tail -c 3
      keyvault validate --quiet; echo "validate: $?"
      """)
    let told = ["get: 0", "ready", "validate: 0", "rotate: 0", "reencrypt: 0", "-2", "validate: 0"]
    #expect(result.output.split(separator: "\n").map(String.init) == told, "\(result)")
  }

  @Test func `64 that decrypt at once all do`() throws {
    let world = try world()
    let result = try world.run(
      """
      for i in $(seq 64); do
        (keyvault get production/openai > ../out$i 2> ../err$i || echo "failed $i: $(cat ../err$i)") &
      done
      wait
      cat ../out* | sort | uniq -c | sed 's/^ *//'
      """)
    #expect(result.output == "64 \(Templates.openAI)\n", "\(result)")
  }
}
