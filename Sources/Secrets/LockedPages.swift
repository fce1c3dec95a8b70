internal import Glibc

/// Memory pages of one secret and nothing else: locked, left out of core dumps, wiped on release.
///
/// The pages are never shared, because mlock and munlock act on whole pages: releasing one secret
/// would unlock its neighbour.
@safe struct LockedPages: ~Copyable {
  /// Number of usable bytes: a multiple of the page size, or 0 when there are no pages.
  let capacity: Int
  private let base: UnsafeMutableRawPointer?

  /// Maps room for at least `minimum` bytes; traps when the system has none left.
  init(minimum: Int) {
    precondition(minimum >= 0, "a secret cannot have a negative size")
    guard minimum > 0 else {
      capacity = 0
      unsafe base = nil
      return
    }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let size = (minimum + page - 1) / page * page
    let mapping = unsafe mmap(
      nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
      fatalError("no memory left for \(size) bytes of a secret")
    }
    // Tolerated: RLIMIT_MEMLOCK may be small, and a secret in swap is better than no work done.
    _ = unsafe mlock(mapping, size)
    _ = unsafe madvise(mapping, size, Int32(MADV_DONTDUMP))
    // A forked child that does not exec at once would otherwise hold a copy that nobody wipes.
    _ = unsafe madvise(mapping, size, Int32(MADV_WIPEONFORK))
    capacity = size
    unsafe base = mapping
  }

  deinit {
    guard let base = unsafe base else { return }
    unsafe explicit_bzero(base, capacity)
    _ = unsafe munmap(base, capacity)
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
    precondition(span.byteCount <= capacity - offset, "a secret does not fit its pages")
    unsafe span.withUnsafeBytes { source in
      unsafe room(from: offset).copyMemory(from: source)
    }
  }
}
