internal import Synchronization

/// Room for small secrets, side by side in locked chunks.
///
/// Locking acts on whole pages, so a chunk is neither unlocked nor given back while the process lives: a
/// slot that was wiped waits for the next secret of its size. With a page for each, a hundred keys would
/// take five hundred calls, and more memory than many systems let a process lock.
@safe enum LockedSlots {
  /// The sizes of slots in bytes, each a divisor of ``chunk``.
  private static let sizes = [128, 512, largest]
  private static let chunk = 8 << 10
  /// A longer secret has pages of its own.
  static let largest = 2048

  /// Addresses of the free slots, by size.
  private static let free = Mutex<[Int: [UInt]]>([:])

  /// The size of the slot for so many bytes; nil where they need pages of their own.
  static func size(for count: Int) -> Int? {
    sizes.first { count <= $0 }
  }

  /// A slot of zeros.
  static func take(_ size: Int) -> UnsafeMutableRawPointer {
    let address = free.withLock { free in
      if let address = free[size]?.popLast() { return address }
      let base = UInt(bitPattern: unsafe LockedMemory.map(chunk))
      let offsets = stride(from: chunk - size, to: 0, by: -size)
      free[size, default: []] += offsets.map { base + UInt($0) }
      return base
    }
    return unsafe UnsafeMutableRawPointer(bitPattern: address)!
  }

  /// Takes back a slot that was wiped.
  static func give(back slot: UnsafeMutableRawPointer, _ size: Int) {
    let address = UInt(bitPattern: slot)
    free.withLock { $0[size]!.append(address) }
  }
}
