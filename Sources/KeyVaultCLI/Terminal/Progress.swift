import KeyVault
import Naming
import Synchronization

/// One line on a terminal that says how far a run is and whom it waits for, and goes when it ends.
final class Progress: Sendable {
  private struct State {
    var waiting: [Name: Int]
    var done = 0
    var words: [Verdict.Word: Int] = [:]
    /// By entry, in words.
    var waits: [Name: String] = [:]
  }

  private let total: Int
  private let isShown: Bool
  private let state: Mutex<State>

  init(of entries: [Vault.Entry], isShown: Bool) {
    total = entries.count
    self.isShown = isShown
    let waiting = Dictionary(entries.map { (Name($0.provider), 1) }, uniquingKeysWith: +)
    state = Mutex(State(waiting: waiting))
    state.withLock { show(&$0) }
  }

  func advance(_ result: TestResult) {
    state.withLock { state in
      state.done += 1
      state.words[result.word, default: 0] += 1
      state.waiting[result.provider, default: 1] -= 1
      state.waits[result.entry] = nil
      show(&state)
    }
  }

  /// A request is sent again after a while.
  func wait(_ wait: Wait) {
    guard wait.isLong else { return }
    state.withLock { state in
      state.waits[wait.entry] = wait.text
      show(&state)
    }
  }

  /// Runs what prints on the same terminal.
  func interrupted(by body: () throws -> Void) throws {
    try state.withLock { state in
      if isShown { Console.progress("") }
      try body()
      show(&state)
    }
  }

  func clear() {
    if isShown { Console.progress("") }
  }

  /// `tested 12 of 40 · 9 valid · 1 invalid · waiting for groq, runway, xai, …`.
  private func show(_ state: inout State) {
    guard isShown else { return }
    let words: [Verdict.Word] = [.valid, .invalid, .unclear, .locked]
    let counts = words.compactMap { word in
      state.words[word].map { "\($0) \(word.rawValue.lowercased())" }
    }
    let waiting = state.waiting.filter { $0.value > 0 }.sortedKeys
    let names = waiting.prefix(3) + (waiting.count > 3 ? ["…"] : [])
    let whom = names.isEmpty ? [] : ["waiting for " + names.joined(separator: ", ")]
    let why = state.waits.sorted { $0.key < $1.key }.prefix(1).map { "\($0.key): \($0.value)" }
    let parts = ["tested \(state.done) of \(total)"] + counts + (why.isEmpty ? whom : why)
    let line = parts.joined(separator: " · ").printable(limit: Console.errorWidth - 1)
    Console.progress(line)
  }
}
