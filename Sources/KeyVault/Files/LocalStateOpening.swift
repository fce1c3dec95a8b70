internal import Dispatch
internal import Synchronization

/// A local state that is opened once: where it is first needed, or on a thread of its own before, for git must
/// be asked.
public final class LocalStateOpening: Sendable {
  private let root: String
  private let stateHome: String?
  private let outcome = Mutex<Result<LocalState?, Failure>?>(nil)

  /// Of the repository at `root`; `stateHome` is as for ``LocalState``.
  public init(in root: String, stateHome: String?) {
    self.root = root
    self.stateHome = stateHome
  }

  /// Starts to open it. Does not wait.
  public func begin() {
    DispatchQueue(label: "local state").async { _ = try? self.get() }
  }

  /// nil while there is nothing to read, so that a key is only made for what is kept. Blocks. Throws if it
  /// is not ours to read.
  func get() throws(Failure) -> LocalState? {
    let result = outcome.withLock { outcome in
      if let outcome { return outcome }
      let result = Result { () throws(Failure) in try open() }
      outcome = result
      return result
    }
    return try result.get()
  }

  private func open() throws(Failure) -> LocalState? {
    guard LocalState.mayExist(in: root, stateHome: stateHome) else { return nil }
    return try LocalState(in: root, stateHome: stateHome)
  }
}
