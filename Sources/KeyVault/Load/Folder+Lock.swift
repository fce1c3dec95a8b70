internal import Glibc

extension Folder {
  enum Lock {
    /// Of readers: nobody changes anything meanwhile.
    case shared
    /// Of a writer: it is alone.
    case exclusive
  }

  /// Takes flock(2) on the folder, until ``unlock()`` or the end of the value. Waits for others, `patience`
  /// seconds at most. Throws if they take longer, or the file system knows no locks.
  func lock(_ lock: Lock, patience: Double = 30) throws(Failure) {
    let operation = (lock == .exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB
    let pause: Double = 0.01
    var waited: Double = 0
    while flock(descriptor, operation) != 0 {
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK where waited < patience:
        usleep(UInt32(pause * 1_000_000))
        waited += pause
      case EWOULDBLOCK:
        throw Failure(
          .cannotWrite, "another keyvault has been changing '\(path)' for \(Int(patience)) seconds",
          hints: ["wait for it, or end it; nothing was changed by this one"])
      case let code:
        throw Failure(
          .cannotWrite, "cannot lock '\(path)': \(String(cString: strerror(code)))",
          hints: ["nothing was changed"])
      }
    }
  }

  func unlock() {
    flock(descriptor, LOCK_UN)
  }
}
