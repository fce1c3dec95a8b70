internal import FoundationEssentials
internal import Glibc

/// A folder of this process alone, gone with the value.
public final class ScratchFolder: Sendable {
  /// Absolute.
  public let path: String

  /// Made in the first of `places` (absolute) that takes it.
  public init(in places: [String]) throws(FileError) {
    var failure = FileError(.create, places.first ?? "", ENOENT)
    for place in places {
      var template = Array((place + "/keyvault-XXXXXX").utf8CString)
      if let made = mkdtemp(&template) {
        path = String(cString: made)
        return
      }
      failure = FileError(.create, place, errno)
    }
    throw failure
  }

  deinit { remove() }

  /// Removes it before its time, as where a signal ends the process.
  public func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }
}
