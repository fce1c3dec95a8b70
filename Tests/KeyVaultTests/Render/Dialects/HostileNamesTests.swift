import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// A name can mean something to a consumer: such a name is refused, or comes back unchanged.
@Suite(.oneAtATime)
struct HostileNamesTests {
  private static let value = "x y:z"

  /// What may be rendered of the names that a program calls its own, and of others that some know.
  private func names(_ own: [String], in dialect: Dialect) throws -> [String] {
    let all = HostileValues.known.union(own).filter { VariableName.objection(to: $0) == nil }
    let accepted = all.filter { dialect.objection(to: .test($0, Self.value)) == nil }.sorted()
    try #require(accepted.count > 25)
    return accepted
  }

  private func lines(_ outcome: Outcome) -> [String] {
    outcome.text.split(whereSeparator: { $0 == "\n" || $0 == "\0" }).map(String.init)
  }

  /// Shell text that reads `$1` and prints each variable, as the shell has it and as a child has it.
  private struct Reader {
    let dialect: Dialect
    let own: [String]
    let script: (_ names: [String]) -> [String]
  }

  private static func posix(_ program: String, _ load: String) -> ([String]) -> [String] {
    { names in
      let echo = names.map { "printf '%s\\n' \"\($0)=$\($0)\"" }.joined(separator: "\n")
      return [program, "-c", "\(load)\n\(echo)\nexec env -0", "x"]
    }
  }

  private func comesBack(_ reader: Reader) throws {
    let own = lines(try run(reader.own))
    let names = try names(own, in: reader.dialect)
    let scratch = Scratch()
    let text = try reader.dialect.text(of: names.map { .test($0, Self.value) })
    try scratch.write(text.bytes, to: "file")
    let read = try run(reader.script(names) + [scratch.path("file")])
    let lines = lines(read)
    for name in names {
      let count = lines.filter { $0 == "\(name)=\(Self.value)" }.count
      #expect(count == 2, "\(name) in \(reader.dialect): \(lines.filter { $0.hasPrefix(name) })")
    }
  }

  @Test(arguments: [
    (Dialect.shell, "/bin/bash", #". "$1""#), (.shell, "/bin/dash", #"eval "$(cat "$1")""#),
    (.dotenv, "/bin/bash", #"set -a; . "$1""#),
  ])
  func `a shell takes every name that is not refused`(
    dialect: Dialect, program: String, load: String
  ) throws {
    try comesBack(
      Reader(
        dialect: dialect, own: ["/bin/bash", "-c", "compgen -v"],
        script: Self.posix(program, load)))
  }

  @Test(.needs(.fish))
  func `fish takes every name that is not refused`() throws {
    try comesBack(
      Reader(
        dialect: .fish, own: ["/usr/bin/fish", "--no-config", "-c", "set -n"],
        script: { names in
          let echo = names.map { "printf '%s\\n' \"\($0)=$\($0)\"" }.joined(separator: "\n")
          return ["/usr/bin/fish", "--no-config", "-c", "source $argv[1]\n\(echo)\nexec env -0"]
        }))
  }

  @Test(
    .needs(.python("yaml")),
    arguments: [(Dialect.yaml, "d"), (.kubernetesSecret, "d['data']")])
  func `YAML has every name as a string`(dialect: Dialect, path: String) throws {
    let names = try names([], in: dialect)
    let script = """
      import sys, yaml
      d = yaml.safe_load(open(sys.argv[1]))
      print(*[repr(name) for name in \(path)], sep='\\n')
      """
    let scratch = Scratch()
    try scratch.write(try dialect.text(of: names.map { .test($0, Self.value) }).bytes, to: "file")
    let read = try run([Consumer.debianPython, "-I", "-c", script, scratch.path("file")])
    #expect(lines(read) == names.map { "'\($0)'" })
  }

  @Test(arguments: [
    (Dialect.shell, "UID", "a shell's own variables"),
    (.dotenv, "RANDOM", "a shell's own variables"), (.fish, "PWD", "fish's own variables"),
    (.dotenvCompose, "COMPOSE_FILE", "Compose's own settings"),
    (.dotenvCompose, "DOCKER_HOST", "Compose's own settings"),
    (.gitlab, "CI_JOB_TOKEN", "GitLab's own variables"),
  ])
  func `names that would not arrive, or steer the consumer, are refused`(
    dialect: Dialect, name: String, whose: String
  ) {
    let refusal = failure { _ = try dialect.text(of: [.test(name, "x")]) }
    #expect(
      refusal?.message
        == "\(dialect) cannot carry \(name) of 'production/x': the name is one of \(whose)")
    #expect(refusal?.hints.first?.hasPrefix("formats that carry it: ") == true)
  }
}
