import Foundation
import Naming
import Testing

@testable import KeyVault

/// Programs that take too long, or write or need too much.
@Suite struct ChildProcessTests {
  private func run(
    _ script: String, seconds: Int = 10, bytes: Int = 1 << 20, memory: Int? = nil,
    _ take: (ArraySlice<UInt8>) -> Bool = { _ in true }
  ) -> ChildProcess.Outcome? {
    try? ChildProcess.run(
      "/bin/bash", ["bash", "-c", script], input: [], environment: ["WORD": "changed"],
      within: ChildProcess.Bounds(seconds: seconds, bytes: bytes, memory: memory), take)
  }

  @Test func `output, errors and status arrive where nothing is exceeded`() {
    var output: [UInt8] = []
    let outcome = run("echo $WORD; echo wrong >&2; exit 3") { bytes in
      output += bytes
      return true
    }
    #expect(outcome?.status == 3 && outcome?.excess == nil)
    #expect(output == Array("changed\n".utf8))
    #expect(outcome?.errors == Array("wrong\n".utf8))
  }

  @Test func `what takes too long is killed with all that it started`() throws {
    let scratch = Scratch()
    let file = scratch.path("pid")
    let start = ContinuousClock.now
    let outcome = run("sleep 300 & echo $! > \(file); wait", seconds: 1)
    #expect(outcome?.excess == .time)
    #expect(.now - start < .seconds(60))
    let text = try scratch.text("pid").trimmingCharacters(in: .whitespacesAndNewlines)
    let pid = try #require(Int32(text))
    // It is gone, or waits for init to take note of it. The signal arrives once it is scheduled.
    func hasEnded() -> Bool {
      let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
      return state == nil || state?.contains(") Z ") == true
    }
    let end = ContinuousClock.now + .seconds(30)
    while !hasEnded(), .now < end { usleep(10_000) }
    #expect(hasEnded())
  }

  @Test func `what writes without an end is stopped at the limit`() {
    var bytes = 0
    let outcome = run("yes", bytes: 1 << 20) { some in
      bytes += some.count
      return true
    }
    #expect(outcome?.excess == .output)
    #expect(bytes <= 1 << 20)
    #expect(run("yes") { _ in false }?.excess == .declined)
  }

  @Test func `a missing program is not taken for one that says nothing`() {
    let bounds = ChildProcess.Bounds(seconds: 1, bytes: 1, memory: nil)
    do throws(ChildProcess.Errno) {
      _ = try ChildProcess.run(
        "/proc/none/git", ["git"], input: [], environment: [:], within: bounds
      ) { _ in true }
      Issue.record("it was started")
    } catch {
      #expect(error.code == ENOENT)
    }
  }
}
