internal import Glibc

/// The memory of one secret: locked, left out of core dumps, wiped on release. Small secrets get a slot of
/// ``LockedSlots``, larger ones pages of their own.
@safe struct LockedMemory: ~Copyable {
  /// Number of usable bytes: a slot's, a multiple of the page size, or 0 when there is no memory.
  let capacity: Int
  private let base: UnsafeMutableRawPointer?

  /// Room for at least `minimum` bytes; traps when the system has none left.
  init(minimum: Int) {
    precondition(minimum >= 0, "a secret cannot have a negative size")
    guard minimum > 0 else {
      capacity = 0
      unsafe base = nil
      return
    }
    if let size = LockedSlots.size(for: minimum) {
      capacity = size
      unsafe base = LockedSlots.take(size)
    } else {
      let page = Int(sysconf(Int32(_SC_PAGESIZE)))
      capacity = (minimum + page - 1) / page * page
      unsafe base = Self.map(capacity)
    }
  }

  deinit {
    guard let base = unsafe base else { return }
    unsafe explicit_bzero(base, capacity)
    if LockedSlots.size(for: capacity) != nil {
      unsafe LockedSlots.give(back: base, capacity)
    } else {
      _ = unsafe munmap(base, capacity)
    }
  }

  /// Pages that are locked and in no core; traps when the system has none left.
  static func map(_ size: Int) -> UnsafeMutableRawPointer {
    let mapping = unsafe mmap(
      nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
      fatalError("no memory left for \(size) bytes of a secret")
    }
    // Tolerated: RLIMIT_MEMLOCK may be small, and a secret in swap is better than no work done.
    _ = unsafe mlock(mapping, size)
    _ = unsafe madvise(mapping, size, Int32(MADV_DONTDUMP))
    // A forked child that does not exec at once would otherwise hold a copy that is never wiped.
    _ = unsafe madvise(mapping, size, Int32(MADV_WIPEONFORK))
    return unsafe mapping
  }

  /// The first `count` bytes.
  func bytes(_ count: Int) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: base, count: min(count, capacity))
  }

  /// Everything from `offset` on, to be written.
  func room(from offset: Int) -> UnsafeMutableRawBufferPointer {
    guard let base = unsafe base else {
      return unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }
    return unsafe UnsafeMutableRawBufferPointer(start: base + offset, count: capacity - offset)
  }

  /// Copies `span` to `offset`; the room must have been checked.
  func copy(_ span: RawSpan, to offset: Int) {
    precondition(span.byteCount <= capacity - offset, "a secret does not fit its memory")
    unsafe span.withUnsafeBytes { source in
      unsafe room(from: offset).copyMemory(from: source)
    }
  }
}
