internal import Synchronization

/// Names of variables that a person permitted on this machine, in `names.jsonl` of the state home.
extension Memory {
  /// Whether a person said that keys of this repository may be rendered under this name. Throws if the
  /// local state is not ours to read.
  func permits(_ name: String) throws(Failure) -> Bool {
    if permitted.withLock({ $0.contains(name) }) { return true }
    guard let state = try state() else { return false }
    let wanted = record(ofName: name)
    return state.records(of: .names).ours.contains {
      $0.elementsEqual(wanted)
    }
  }

  /// Remembers that a person permitted this name. Throws if nothing can be kept.
  public func permit(_ name: String) throws(Failure) {
    permitted.withLock { $0.append(name) }
    let state = try stateToKeep()
    do throws(FileError) {
      try state.append([record(ofName: name)], to: .names)
    } catch {
      throw error.failure
    }
  }

  /// A JSON string of two words; neither can have a quotation mark.
  private func record(ofName name: String) -> [UInt8] { Array("\"\(vaultID) \(name)\"".utf8) }
}
