import Synchronization

/// One line on a terminal that says how far long work is, and goes when it ends.
final class Counter: Sendable {
  private let what: String
  private let total: Int
  private let isShown: Bool
  private let done = Mutex(0)

  /// `what` is the work in a word or two, such as `encrypted`.
  init(_ what: String, of total: Int, isShown: Bool) {
    self.what = what
    self.total = total
    self.isShown = isShown
  }

  func step() {
    done.withLock { done in
      done += 1
      if isShown { Console.progress("\(what) \(done) of \(total)") }
    }
  }

  func clear() {
    if isShown { Console.progress("") }
  }
}
