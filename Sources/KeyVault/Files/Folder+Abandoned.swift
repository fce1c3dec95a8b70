internal import Glibc
internal import Machine

/// Files between the halves of a write have a name of their own for a moment. A writer that is killed then
/// leaves one, whole.
extension Folder {
  static let temporaryHead = ".keyvault-"
  static let temporaryTail = ".tmp"

  /// Shows to ``removeAbandoned()`` that the writer of a file lives.
  static func hold(_ file: Int32) {
    flock(file, LOCK_EX | LOCK_NB)
  }

  /// Removes what writers left in this folder that were killed: this user's own files, which no living
  /// process holds.
  public func removeAbandoned() {
    let items = (try? items()) ?? []
    for item in items where item.kind == .file && Self.isTemporary(item.name) {
      let file = openat(descriptor, item.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
      guard file >= 0 else { continue }
      defer { close(file) }
      guard let held = FileStatus(file), held.isFile, held.isOurs,
        flock(file, LOCK_EX | LOCK_NB) == 0,
        // Its writer may have given it its name meanwhile.
        FileStatus(item.name, in: descriptor).map(held.isSame) == true
      else { continue }
      unlinkat(descriptor, item.name, 0)
    }
  }

  /// `.keyvault-PROCESS-NUMBER.tmp`
  private static func isTemporary(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    let (head, tail) = (Array(temporaryHead.utf8), Array(temporaryTail.utf8))
    guard bytes.count > head.count + tail.count, bytes.starts(with: head),
      bytes.suffix(tail.count).elementsEqual(tail)
    else { return false }
    let numbers = bytes.dropFirst(head.count).dropLast(tail.count)
      .split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return numbers.count == 2
      && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }
  }
}
