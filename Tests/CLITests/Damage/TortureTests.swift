import Foundation
import TestSupport
import Testing

/// No entry is lost, and none is half: whatever ends a command, or whatever the system refuses it.
///
/// `make torture` has all of it, for half an hour; a change is tested with a sample of each.
@Suite(.fewAtATime, .needsStrace) struct TortureTests {
  /// What is done to an entry, and what of the repository may be read afterwards.
  struct Change: Sendable, CustomTestStringConvertible {
    let name: String
    /// Reads the new key from `$NEW`.
    let command: String
    var mayBeGone = false

    var testDescription: String { name }
  }

  /// The new key: each world has its own, for it is looked for where others write meanwhile.
  private static func new(in world: World) -> String {
    "sk-proj-NotARealKey-NotARealKey-NotARealKey-" + world.root.lastPathComponent.suffix(4)
  }

  static let changes = [
    Change(
      name: "add", command: "printf %s $NEW | keyvault add fresh/openai --no-test"),
    Change(
      name: "add --replace",
      command: "printf %s $NEW | keyvault add production/openai --no-test --replace"),
    Change(
      name: "rotate", command: "printf %s $NEW | keyvault rotate production/openai --no-test"),
    Change(name: "set", command: "keyvault set production/openai owner=bob@example.com"),
    Change(name: "rm", command: "keyvault rm -f production/openai", mayBeGone: true),
    Change(name: "mv", command: "keyvault mv production/openai fresh/"),
    Change(name: "cp", command: "keyvault cp production/openai fresh/"),
    Change(name: "reencrypt", command: "keyvault reencrypt"),
    Change(name: "recipients add", command: #"keyvault recipients add "$BOB" --folder fresh"#),
    Change(
      name: "recipients rm",
      // What history does not show counts as read, which the exit status shows.
      command:
        "keyvault recipients rm $(cat ../bob.fpr) --folder production || { s=$?; test $s = 3 || exit $s; }"
    ),
  ]

  /// Calls by which something comes to the disk. gpg makes none of them while it works.
  private static let calls = "fsync,fchmod,linkat,renameat,renameat2,unlinkat,mkdirat"

  /// Two entries, of which a second reader is wanted for one.
  private func world() throws -> World {
    let world = try World()
    try world.output(
      """
      gpg() { command gpg --homedir ../bob --batch --quiet "$@" 2> /dev/null; }
      mkdir -m 700 ../bob
      gpg --passphrase '' --quick-generate-key 'Bob <bob@example.com>' future-default default never
      gpg --armor --export > ../bob.asc
      gpg --list-keys --with-colons | awk -F: '$1=="fpr"{print $10; exit}' > ../bob.fpr
      cp -a "$FILLED/." .
      cp ../bob.asc "vault/.public-keys/$(cat ../bob.fpr)"
      (cat vault/.gpg-id ../bob.fpr) > vault/production/.gpg-id
      keyvault test --gateway "$STUB/{provider}@valid" > /dev/null
      cp -a . ../start
      """)
    return world
  }

  /// Starts from the beginning, runs the change as `run` says, and judges what is there.
  ///
  /// Returns whether the change came to its end undisturbed.
  private func attempt(
    _ change: Change, in world: World, canTell: Bool = true, _ run: (_ command: String) -> String
  ) throws -> Bool {
    let result = try world.run(
      """
      rm -rf ../work/* ../work/.[!.]* ~/.local/state/keyvault/repositories
      cp -a ../start/. .
      export NEW=\(Self.new(in: world)) BOB=../bob.asc
      cat > ../change <<'END'
      \(change.command)
      END
      \(run("bash ../change"))
      """)
    let told = "\(change.name): \(result.status) \(result.errors)"
    // What was refused says so; what was killed cannot, and its shell reports 137.
    #expect(
      !canTell || result.status == 0 || result.status >= 128
        || result.errors.contains("keyvault: error: "),
      "\(told)")
    try judge(world, told, mayBeGone: change.mayBeGone)
    return result.status == 0
  }

  private func judge(_ world: World, _ told: String, mayBeGone: Bool) throws {
    let new = Self.new(in: world)
    let state = try world.run(
      """
      NEW=\(new)
      key() { gpg --batch --quiet --decrypt "$1" 2> /dev/null | head -1; }
      for file in vault/*/openai.gpg; do key "$file"; done
      key vault/production/anthropic.gpg
      # What was interrupted is ended by the next command that writes.
      keyvault reencrypt --quiet 2>&1 || echo "reencrypt: $?"
      for file in vault/*/openai.gpg; do key "$file"; done
      key vault/production/anthropic.gpg
      keyvault validate --quiet --format json | jq -r '.findings[].code' | grep -v exposed
      ls -A .keyvault vault vault/* | grep -e tmp -e journal
      # The key in the clear: the script that gives it is the one place.
      grep -rl NotARealKey "$HOME" --exclude-dir=.gnupg | grep -v -e /start/ -e Answers
      # kvo: what this test itself reads of the commands.
      find /tmp /var/tmp -maxdepth 1 -type f -newer ../start ! -name 'kvo-*' \
        -exec grep -l "$NEW" {} + 2> /dev/null
      grep -rl "$NEW" /dev/shm ${XDG_RUNTIME_DIR:+"$XDG_RUNTIME_DIR"} 2> /dev/null
      true
      """)
    let lines = state.output.split(separator: "\n").map(String.init)
    let openAI = lines.filter { $0.hasPrefix("sk-proj-") }
    let others = lines.filter { $0.hasPrefix("sk-ant-") }
    let rest = lines.filter { !$0.hasPrefix("sk-") }
    #expect(
      (mayBeGone || !openAI.isEmpty)
        && openAI.allSatisfy { [Templates.openAI, new].contains($0) },
      "\(told)\n\(state.output)")
    #expect(others == [Templates.anthropic, Templates.anthropic], "\(told)\n\(state.output)")
    #expect(rest.isEmpty, "\(told)\n\(state.output)")
  }

  private static let killed = Nightly.cases(changes, of: "killed at any call that writes") {
    $0.name == "rotate"
  }

  @Test(arguments: killed)
  func `killed at any call that writes, an entry is the old one or the new one`(
    _ change: Change
  ) throws {
    let world = try world()
    for (call, count) in try counts(of: change, in: world) {
      for number in Nightly.places(count) {
        let isWhole = try attempt(change, in: world) { command in
          "strace -f -qq -o /dev/null -e trace=\(call) "
            + "-e inject=\(call):signal=KILL:when=\(number) \(command)"
        }
        #expect(!isWhole || number > 1, "\(change.name) was not killed at \(call)")
      }
    }
  }

  private static let refused = Nightly.cases(
    changes.flatMap { change in ["EIO", "ENOSPC", "EINTR"].map { (change, $0) } },
    of: "refused at any call that writes"
  ) { $0.name == "mv" && $1 == "ENOSPC" }

  @Test(arguments: refused)
  func `refused at any call that writes, an entry is the old one or the new one`(
    _ change: Change, _ error: String
  ) throws {
    let world = try world()
    for (call, count) in try counts(of: change, in: world) {
      for number in Nightly.places(count) {
        _ = try attempt(change, in: world) { command in
          "strace -f -qq -o /dev/null -e trace=\(call) "
            + "-e inject=\(call):error=\(error):when=\(number) \(command)"
        }
      }
    }
  }

  /// How often a change makes each call that writes, on the thread that makes most: strace counts
  /// each call by itself, and separately on each thread.
  private func counts(
    of change: Change, in world: World
  ) throws -> [(call: String, count: Int)] {
    let log = world.root.appending(path: "calls")
    let isWhole = try attempt(change, in: world) { command in
      "strace -f --seccomp-bpf -qq -o \(log.path) -e trace=\(Self.calls) \(command)"
    }
    try #require(isWhole)
    var counts: [String: [Substring: Int]] = [:]
    for line in try String(contentsOf: log, encoding: .utf8).split(separator: "\n") {
      // 4711  fsync(7) = 0
      let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
      guard words.count == 2 else { continue }
      let call = words[1].drop { $0 == " " }
      // One that was <unfinished ...> has a second line.
      guard !call.hasPrefix("<"), let end = call.firstIndex(of: "(") else { continue }
      counts[String(call[..<end]), default: [:]][words[0], default: 0] += 1
    }
    try #require(counts["renameat"] != nil || counts["unlinkat"] != nil, "\(counts)")
    return counts.map { ($0.key, $0.value.values.max()!) }.sorted { $0.call < $1.call }
  }

  private static let failing = Nightly.cases(
    ["EIO", "ENOSPC", "EINTR"], of: "what fails while bytes are written"
  ) { $0 == "EINTR" }

  @Test(arguments: failing)
  func `what fails while bytes are written changes nothing, or is tried again`(
    _ error: String
  ) throws {
    let world = try world()
    let change = Self.changes[2]
    for number in stride(from: 1, through: 25, by: 4) {
      // The message itself is written by such a call.
      _ = try attempt(change, in: world, canTell: false) { command in
        "strace -f -qq -o /dev/null -e trace=write -e inject=write:error=\(error):when=\(number) "
          + command
      }
    }
  }

  @Test func `killed at a random time, an entry is the old one or the new one`() throws {
    let world = try world()
    let count = Nightly.count(1000, of: "killed at a random time", sample: 10)
    for number in 0..<count {
      let change = Self.changes[number % Self.changes.count]
      let seconds = Double.random(in: 0.005...0.15)
      _ = try attempt(change, in: world) { command in
        "timeout --signal=KILL \(seconds) setsid \(command)"
      }
    }
  }
}
