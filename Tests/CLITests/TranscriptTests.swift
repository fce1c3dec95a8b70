import Foundation
import Testing

@Suite struct TranscriptTests {
  static let folder = World.repository.appending(path: "Tests/CLITests/Transcripts")

  static let names = try! FileManager.default.contentsOfDirectory(atPath: folder.path)
    .filter { $0.hasSuffix(".txt") }.sorted()

  @Test(arguments: names) func `a transcript replays exactly`(_ name: String) throws {
    let file = Self.folder.appending(path: name)
    let transcript = Transcript(try String(contentsOf: file, encoding: .utf8))
    #expect(!transcript.steps.isEmpty)
    let world = try World()
    try prepare(world, transcript)

    var happened: [Transcript.Step] = []
    for step in transcript.steps {
      let result = try world.run(step.command)
      happened.append(
        Transcript.Step(
          command: step.command, output: lines(result.output), errors: lines(result.errors),
          status: result.status))
    }
    for (step, real) in zip(transcript.steps, happened) {
      #expect(real.status == step.status, "\(name): $ \(step.command)\n\(real.errors)")
      expect(real.output, step.output, "\(name): $ \(step.command)")
      expect(real.errors, step.errors, "\(name): $ \(step.command), standard error")
    }
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      let merged = zip(transcript.steps, happened).map { keepingWildcards($0, $1) }
      try transcript.recorded(merged).write(to: file, atomically: true, encoding: .utf8)
      Issue.record("\(name) was recorded: read it, and run again without RECORD")
    }
  }

  private func prepare(_ world: World, _ transcript: Transcript) throws {
    for file in transcript.files where file.path != "setup" {
      let target = world.folder.appending(path: file.path)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try file.text.write(to: target, atomically: true, encoding: .utf8)
    }
    for file in transcript.files where file.path == "setup" {
      let result = try world.run("set -e\n" + file.text)
      try #require(result.status == 0, "the setup failed: \(result.errors)")
    }
  }

  private func lines(_ text: String) -> [String] {
    var lines = text.components(separatedBy: "\n")
    if lines.last == "" { lines.removeLast() }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  private func expect(_ real: [String], _ expected: [String], _ context: String) {
    let matches =
      real.count == expected.count && zip(real, expected).allSatisfy(Transcript.matches)
    guard !matches else { return }
    Issue.record(
      """
      \(context)
      expected:
      \(expected.joined(separator: "\n"))
      got:
      \(real.joined(separator: "\n"))
      """)
  }

  /// What is volatile stays a wildcard where the rest of the line is the same.
  private func keepingWildcards(
    _ expected: Transcript.Step, _ real: Transcript.Step
  ) -> Transcript.Step {
    func merge(_ real: [String], _ expected: [String]) -> [String] {
      real.enumerated().map { index, line in
        let old = index < expected.count ? expected[index] : ""
        return Transcript.matches(line, old) && old.contains("<*>") ? old : line
      }
    }
    var step = real
    step.output = merge(real.output, expected.output)
    step.errors = merge(real.errors, expected.errors)
    return step
  }
}
