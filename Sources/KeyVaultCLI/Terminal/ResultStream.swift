import KeyVault
import Naming
import Synchronization

/// Results that are printed as they come, once one of them lets the others wait. A run that is over
/// before prints them all at its end, in order.
final class ResultStream: Sendable {
  private struct State {
    var isOpen = false
    var ready: [TestResult] = []
    var printed: Set<Name> = []
    /// Of the first that could not be printed.
    var failure: (any Error)?
  }

  private let state = Mutex(State())
  private let output: @Sendable ([TestResult]) throws -> Void

  /// `output` prints some results, sorted by entry.
  init(_ output: @escaping @Sendable ([TestResult]) throws -> Void) {
    self.output = output
  }

  func add(_ result: TestResult) {
    state.withLock { state in
      state.ready.append(result)
      if state.isOpen { print(&state) }
    }
  }

  /// Something takes long: what is ready is printed now, and all else when it comes.
  func open() {
    state.withLock { state in
      state.isOpen = true
      print(&state)
    }
  }

  /// The entries that were printed. Throws if one could not be.
  func end() throws -> Set<Name> {
    try state.withLock { state in
      state.isOpen = false
      if let failure = state.failure { throw failure }
      return state.printed
    }
  }

  private func print(_ state: inout State) {
    guard !state.ready.isEmpty, state.failure == nil else { return }
    let results = state.ready.sorted { Name($0.entry) < Name($1.entry) }
    state.ready = []
    state.printed.formUnion(results.map(\.entry))
    do {
      try output(results)
    } catch {
      state.failure = error
    }
  }
}
