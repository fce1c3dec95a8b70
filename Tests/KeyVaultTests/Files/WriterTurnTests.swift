import Synchronization
import TestSupport
import Testing

@testable import KeyVault

/// Who of one process writes to a repository next.
struct WriterTurnTests {
  private let root = "/a repository of these tests/\(UInt64.random(in: 0...UInt64.max))"

  private func isFree(_ root: String) -> Bool {
    let turn = WriterTurn.taken(of: root, until: .now)
    switch consume turn {
    case .none: return false
    case .some: return true
    }
  }

  private func hold(_ root: String, _ body: () -> Void) {
    let turn = WriterTurn.taken(of: root, until: .now + .seconds(60))
    body()
    switch consume turn {
    case .none: Issue.record("the turn did not come")
    case .some: break
    }
  }

  @Test func `one writer has the turn of a repository, and others have that of another one`() {
    hold(root) {
      #expect(!isFree(root))
      #expect(isFree(root + "/another"))
    }
    #expect(isFree(root), "the turn ends with its value")
  }

  @Test func `a writer that stops waiting does not stop those behind it`() {
    hold(root) {
      // Each of these joins the queue and leaves it.
      for _ in 0..<3 { #expect(!isFree(root)) }
    }
    #expect(isFree(root))
  }

  @Test func `each of many writers is alone, and has its turn`() {
    let running = Mutex(0)
    let done = Mutex(0)
    onThreads(8) { _ in
      for _ in 0..<200 {
        hold(root) {
          #expect(
            running.withLock {
              $0 += 1; return $0
            } == 1)
          running.withLock { $0 -= 1 }
        }
        done.withLock { $0 += 1 }
      }
    }
    #expect(done.withLock { $0 } == 1600)
  }
}
