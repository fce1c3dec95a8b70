internal import Dispatch
internal import FoundationEssentials

/// The results of `body` for `0..<count`, computed on all cores, in order.
func concurrentMap<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
  guard count > 1 else { return (0..<count).map(body) }
  return [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
    // Each iteration writes an element of its own.
    nonisolated(unsafe) let base = buffer.baseAddress!
    DispatchQueue.concurrentPerform(iterations: count) { index in
      (base + index).initialize(to: body(index))
    }
    initialized = count
  }
}

/// Cores that this process may use.
var availableCores: Int {
  ProcessInfo.processInfo.activeProcessorCount
}
