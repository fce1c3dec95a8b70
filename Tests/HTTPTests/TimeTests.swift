import Foundation
import HTTP
import ProviderStub
import Secrets
import TestSupport
import Testing

/// Bounds on a time are far from both what is right and what is wrong: they catch what hangs, or takes its turns one
/// after the other, and hold on a machine that is busy with other tests.
@Suite(.serialized, .onOwnThread) struct TimeTests {
  @Test func `gives up on a slow answer after the total time-out`() async throws {
    let answers = try Answers(["invalid": ["text": "late", "delay_ms": 60_000]])
    let start = ContinuousClock.now
    let reason = try await HTTPClient.testing().failure(
      answers.url("/"), timeout: .milliseconds(300))
    #expect(reason == .timedOut(.firstByte))
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  @Test func `a body that drips does not extend the total time-out`() async throws {
    let answers = try Answers(["invalid": ["text": "abcdefghijklmnop", "drip_ms": 2000]])
    let start = ContinuousClock.now
    let reason = try await HTTPClient.testing().failure(
      answers.url("/"), timeout: .milliseconds(500))
    #expect(reason == .timedOut(.body))
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func `gives up on a host that does not accept connections`() async throws {
    let server = try RawServer(backlog: 0)
    server.fill()
    let start = ContinuousClock.now
    let reason = try await HTTPClient.testing().failure(
      WebURL("http://127.0.0.1:\(server.port)/"), connectTimeout: .milliseconds(300))
    #expect(reason == .timedOut(.connect))
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  @Test func `gives up on a host that does not begin TLS`() async throws {
    let server = try RawServer()
    let start = ContinuousClock.now
    let reason = try await HTTPClient.testing().failure(
      WebURL("https://127.0.0.1:\(server.port)/"), connectTimeout: .milliseconds(300))
    #expect(reason == .timedOut(.tls))
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  @Test func `a cancelled task ends its transfer, and does not wait for the answer`() async throws {
    let answers = try Answers(["invalid": ["text": "late", "delay_ms": 60_000]])
    let client = try HTTPClient.testing()
    let task = Task(executorPreference: OwnThreads.shared) {
      try await client.failure(answers.url("/"), timeout: .seconds(60))
    }
    while answers.server.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    let start = ContinuousClock.now
    task.cancel()
    #expect(try await task.value == .cancelled)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func `a task that is cancelled while it waits for its turn sends nothing`() async throws {
    // The first answers after all is over, however busy this machine is.
    let answers = try Answers(["invalid": ["text": "late", "delay_ms": 20_000]])
    let client = try HTTPClient.testing(hostLimit: 1)
    func ask(_ path: String) -> Task<HTTPError.Reason?, any Error> {
      Task(executorPreference: OwnThreads.shared) {
        try await client.failure(answers.url(path), timeout: .seconds(15))
      }
    }
    let first = ask("/first")
    while answers.server.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    let second = ask("/second")
    try await Task.sleep(for: .milliseconds(100))
    second.cancel()
    #expect(try await second.value == .cancelled)
    first.cancel()
    #expect(try await first.value == .cancelled)
    #expect(answers.server.requests.map(\.path) == ["/acme/first"])
  }

  @Test func `a task that was cancelled before sends nothing`() async throws {
    let answers = try Answers(["invalid": ["text": "ok"]])
    let client = try HTTPClient.testing()
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await client.failure(answers.url("/"))
    }
    task.cancel()
    #expect(try await task.value == .cancelled)
    #expect(answers.server.requests.isEmpty)
  }

  @Test func `waiting for others to the same host does not use up the time-out`() async throws {
    let answers = try Answers(["invalid": ["text": "ok"]], delay: .seconds(1))
    let client = try HTTPClient.testing(hostLimit: 1)
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          try await client.get(answers.url("/"), timeout: .seconds(3)).status
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == [200, 200, 200, 200])
  }

  @Test(arguments: [32, 200])
  func `200 requests of 200 ms take little more than their turns`(hostLimit: Int) async throws {
    let answers = try Answers(["invalid": ["text": "ok"]], delay: .milliseconds(200))
    let client = try HTTPClient.testing(hostLimit: hostLimit)
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<200 {
        group.addTask { try await client.get(answers.url("/\(number)")).status }
      }
      for try await status in group { #expect(status == 200) }
    }
    let time = ContinuousClock.now - start
    print("200 requests of 200 ms, \(hostLimit) at once: \(time)")
    #expect(Set(answers.server.requests.map(\.path)).count == 200)
    #expect(time < .seconds(30), "one after the other they take 40 s")
  }

  @Test func `requests that want a host to themselves wait for it, each sent once`() async throws {
    let answers = try Answers(["invalid": ["text": "ok"]], delay: .milliseconds(150))
    let client = try HTTPClient.testing()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<8 {
        group.addTask {
          let limit = number.isMultiple(of: 2) ? 1 : Int.max
          return try await client.get(answers.url("/\(number)"), hostLimit: limit).status
        }
      }
      for try await status in group { #expect(status == 200) }
    }
    #expect(answers.server.requests.map(\.path).sorted() == (0..<8).map { "/acme/\($0)" })
  }
}
