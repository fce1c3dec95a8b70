import KeyVault
import Synchronization

/// One line on a terminal that says how far a run is, and goes when it ends.
final class Progress: Sendable {
  private let total: Int
  private let isShown: Bool
  private let done = Mutex(0)

  init(of total: Int, isShown: Bool) {
    self.total = total
    self.isShown = isShown
    show(0, last: nil)
  }

  func advance(_ result: TestResult) {
    done.withLock { done in
      done += 1
      show(done, last: result)
    }
  }

  func clear() {
    if isShown { Console.prompt("\r\u{1b}[K") }
  }

  private func show(_ done: Int, last: TestResult?) {
    guard isShown else { return }
    let name = last.map { "  \($0.entry.printable(limit: 40)): \($0.word.rawValue)" } ?? ""
    Console.prompt("\r\u{1b}[Ktested \(done) of \(total)\(name)")
  }
}
