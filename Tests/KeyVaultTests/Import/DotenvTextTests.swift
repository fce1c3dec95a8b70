import Foundation
import Secrets
import TestSupport
import Testing

@testable import KeyVault

@Suite(.fewAtATime)
struct DotenvTextTests {
  private func read(_ text: String) throws -> DotenvText {
    try DotenvText(Secret(utf8: text))
  }

  @Test(arguments: [
    ("A=b", "b"), ("A=b\r\n", "b"), ("\u{feff}A=b", "b"), ("export A=b", "b"),
    ("\texport \tA=b", "b"), ("  A = b  ", "b"), ("A=", ""), ("A= ", ""), ("A=b # c", "b"),
    ("A=b\t# c'\"", "b"), ("A=b c", "b c"), ("A=b=c==", "b=c=="), ("A='b # c'", "b # c"),
    ("A='b\\n$c'", "b\\n$c"), ("A='b' # c", "b"), ("A=\"b\"", "b"), ("A=\"\"", ""),
    ("A=\"b\\n\\\"\\\\c\" # d", "b\n\"\\c"), ("A=\"it's\"", "it's"), ("A='say \"b\"'", "say \"b\""),
    ("A=b$", "b$"), ("A=\"5$ 1\"", "5$ 1"), ("A=schlüssel\u{1f511}", "schlüssel\u{1f511}"),
    ("# B='\nA=b", "b"), ("\n\r\n \t\nA=b\n\n", "b"),
  ])
  func `what parsers read alike is read`(text: String, value: String) throws {
    let read = try read(text)
    #expect(read.faults == [])
    try #require(read.variables.map(\.name) == ["A"])
    #expect(read.variables[0].fault == nil)
    #expect(read.variables[0].openText == value)
  }

  @Test func `a variable may be called export`() throws {
    #expect(try read("export=b").variables.map(\.name) == ["export"])
    #expect(try read("export = b").variables.map(\.name) == ["export"])
    #expect(try read("exported=b").variables.map(\.name) == ["exported"])
  }

  @Test(arguments: [
    ("A=${B}", "it has a '$' that some parsers expand"),
    ("A=b$B", "it has a '$' that some parsers expand"),
    ("A=\"$(id)\"", "it has a '$' that some parsers expand"),
    ("A=b#c", "it has a '#' that parsers read differently"),
    ("A=#c", "it has a '#' that parsers read differently"),
    ("A= # c", "it has a '#' that parsers read differently"),
    ("A='b\\\\c'", "it has a backslash that parsers read differently"),
    ("A=`id`", "it has a quote or backslash that parsers read differently"),
    ("A=b'c'", "it has a quote or backslash that parsers read differently"),
    ("A=b\\c", "it has a quote or backslash that parsers read differently"),
    ("A=\"b\\tc\"", "it has a backslash that parsers read differently"),
    ("A=\"b\nc\"", "it has a line break inside"), ("A='b\n\n#c'\n", "it has a line break inside"),
  ])
  func `what parsers read differently is reported and not guessed`(text: String, fault: String)
    throws
  {
    let read = try read(text + "\nB=c")
    #expect(read.faults == [])
    #expect(read.variables.map(\.fault) == [fault, nil])
    #expect(read.variables.allSatisfy { $0.fault == nil || $0.isEmpty })
    #expect(read.variables.last?.openText == "c")
    #expect(
      read.variables.last?.line == text.split(separator: "\n", omittingEmptySubsequences: false)
        .count + 1)
  }

  @Test func `a bad line is reported by its number, and the next is read`() throws {
    let read = try read(
      "A=1\nsk-NotARealKey\n=b\n1A=b\nB-C=d\nB: c\nD='open\nE=\"x\"y\nexport F\nG=2\n\u{0}=b\nH.I=3\nJ='b'#c"
    )
    #expect(read.faults.map(\.line) == [2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13])
    #expect(!read.faults.contains { $0.reason.contains("NotAReal") })
    #expect(read.variables.map(\.name) == ["A", "G"])
    #expect(read.variables.map(\.line) == [1, 10])
  }

  @Test func `a quote that is left open takes no other line with it`() throws {
    let read = try read("A=\"open\nB=\"b\"\nC='open\nD=d")
    #expect(read.faults.map(\.line) == [1, 3])
    #expect(read.variables.map(\.openText) == ["b", "d"])
  }

  @Test func `UTF-16 is reported`() throws {
    let text = Data([0xff, 0xfe]) + "A=b".data(using: .utf16LittleEndian)!
    #expect(
      failure { _ = try DotenvText(Secret(copying: Array(text).span.bytes)) }?.kind == .malformed)
  }

  @Test func `what dotenv writes is read back the same`() throws {
    let values = HostileValues.accepted(by: .dotenv).values
    #expect(values.count >= 2000)
    let text = try Dialect.dotenv.text(of: values.enumerated().map { .test("V\($0)", $1) })
    let read = try DotenvText(text)
    #expect(read.faults == [])
    #expect(read.variables.map(\.name) == values.indices.map { "V\($0)" })
    for (variable, value) in zip(read.variables, values) {
      #expect(variable.fault == nil, "\(value.debugDescription)")
      #expect(Array(variable.openText.utf8) == Array(value.utf8), "\(value.debugDescription)")
    }
  }

  /// Lines of pieces that parsers stumble over.
  private static let lines: [String] = {
    var generator = HostileValues(seed: 7)
    let pieces = [
      "a", "b9", " ", "  ", "#", " #", "'", "\"", "\\", "\\n", "\\\"", "=", "$", "{", "x", "-", "é",
      "`", "%", "!", "&", ";", "~", "*",
    ]
    return (0..<4000).map { _ in
      let body = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        pieces.randomElement(using: &generator)!
      }.joined()
      let quote = ["", "'", "\""].randomElement(using: &generator)!
      return quote + body + quote
    }
  }()

  /// The values that are read of ``lines``, each in a text of its own.
  private func taken() throws -> [(line: String, value: String)] {
    try Self.lines.compactMap { line in
      guard let read = try read("V=\(line)\n").variables.first, read.fault == nil else {
        return nil
      }
      return (line, read.openText)
    }
  }

  @Test(.enabled(if: isAvailable("python3 -c 'import dotenv'"), "python-dotenv is not installed"))
  func `python-dotenv reads the same`() throws {
    let program = """
      import io, sys, dotenv
      for line in sys.stdin.buffer.read().decode().split('\\0')[:-1]:
          value = dotenv.dotenv_values(stream=io.StringIO('V=' + line + '\\n')).get('V')
          sys.stdout.buffer.write((value if value is not None else 'none').encode() + b'\\0')
      """
    try compare(
      try taken(), ["/bin/bash", "-c", "exec python3 -c \"$1\" < \"$2\"", "bash", program])
  }

  @Test(.enabled(if: isAvailable("node -e 'require(\"util\").parseEnv(\"\")'"), "node is too old"))
  func `node reads the same`() throws {
    let program = """
      for (const line of require('fs').readFileSync(process.argv[1], 'utf8').split('\\0').slice(0, -1))
        process.stdout.write(String(require('util').parseEnv('V=' + line + '\\n').V) + '\\0')
      """
    // It knows no backslash but that of a line break.
    let alike = try taken().filter { !$0.line.hasPrefix("\"") || !$0.line.contains("\\") }
    try compare(alike, ["/bin/bash", "-c", "exec node -e \"$1\" \"$2\"", "bash", program])
  }

  private func compare(
    _ taken: [(line: String, value: String)], _ reader: [String]
  ) throws {
    #expect(taken.count >= 500)
    let scratch = Scratch()
    try scratch.write(taken.map { $0.line + "\0" }.joined(), to: "lines")
    let result = try run(reader + [scratch.path("lines")])
    #expect(result.status == 0, "\(result.errors)")
    let values = result.output.split(separator: 0, omittingEmptySubsequences: false).dropLast()
    #expect(values.count == taken.count)
    for (value, expected) in zip(values, taken) {
      #expect(
        Array(value) == Array(expected.value.utf8),
        "\(expected.line) is \(expected.value) here, there \(String(decoding: value, as: UTF8.self))"
      )
    }
  }
}
