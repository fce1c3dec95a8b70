import Foundation
import TestSupport
import Testing

@Suite(.fewAtATime) struct TranscriptTests {
  static let folder = World.repository.appending(path: "Tests/CLITests/Transcripts")

  static let names = try! FileManager.default.contentsOfDirectory(atPath: folder.path)
    .filter { $0.hasSuffix(".txt") }.sorted()

  @Test(arguments: names) func `a transcript replays exactly`(_ name: String) throws {
    let file = Self.folder.appending(path: name)
    let transcript = Transcript(try String(contentsOf: file, encoding: .utf8))
    #expect(!transcript.steps.isEmpty)
    let world = try World()
    try prepare(world, transcript)

    let happened = try transcript.steps.map { try replay($0.command, in: world) }
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      let merged = zip(transcript.steps, happened).map { $1.volatileHidden(keeping: $0) }
      try transcript.recorded(merged).write(to: file, atomically: true, encoding: .utf8)
      return
    }
    for (expected, real) in zip(transcript.steps, happened) {
      #expect(real.status == expected.status, "\(name): $ \(real.command)\n\(real.errors)")
      expect(real.output, expected.output, "\(name): $ \(real.command)")
      expect(real.errors, expected.errors, "\(name): $ \(real.command), standard error")
      if !Canary.mayShow(real.command) {
        let shown = (real.output + real.errors).joined(separator: "\n")
        #expect(Canary.leaks(in: shown) == [], "\(name): $ \(real.command)")
      }
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
      try world.output(file.text)
    }
  }

  private func replay(_ command: String, in world: World) throws -> Transcript.Step {
    let result = try world.run(command)
    func lines(_ text: String) -> [String] {
      let named = world.names.reduce(text) { $0.replacing($1.value, with: $1.name) }
      var lines = named.components(separatedBy: "\n")
      while lines.last == "" { lines.removeLast() }
      return lines
    }
    return Transcript.Step(
      command: command, output: lines(result.output), errors: lines(result.errors),
      status: result.status)
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
}
