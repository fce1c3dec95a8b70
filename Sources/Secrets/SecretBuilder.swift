internal import Glibc

/// Builds a ``Secret`` piece by piece, for output whose length is not known before: each growth
/// moves to new locked memory and wipes the old ones.
@safe public struct SecretBuilder: ~Copyable, @unchecked Sendable {
  private var memory: LockedMemory

  /// Number of bytes so far.
  public private(set) var count = 0

  /// Starts empty, with room for at least `capacity` bytes.
  public init(capacity: Int = 1) {
    memory = LockedMemory(minimum: capacity)
  }

  /// Starts empty on pages that no other secret shares: advice to the kernel about them concerns
  /// this one alone.
  public static func onOwnPages() -> SecretBuilder {
    SecretBuilder(capacity: LockedSlots.largest + 1)
  }

  /// Adds a copy of `bytes`.
  public mutating func append(_ bytes: RawSpan) {
    reserve(bytes.byteCount)
    memory.copy(bytes, to: count)
    count += bytes.byteCount
  }

  /// Adds the UTF-8 of a text that is not secret.
  public mutating func append(_ text: String) {
    unsafe append(text.utf8.span.bytes)
  }

  /// Adds all of a secret.
  public mutating func append(_ secret: borrowing Secret) {
    secret.withBytes { append($0) }
  }

  /// Adds one byte.
  public mutating func append(byte: UInt8) {
    reserve(1)
    unsafe memory.room(from: count)[0] = byte
    count += 1
  }

  /// Lends the bytes so far.
  public borrowing func withBytes<R: ~Copyable, E: Error>(
    _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    try body(unsafe memory.bytes(count).bytes)
  }

  /// Drops the first `number` bytes; the others move up, and nothing of them stays behind.
  public mutating func removeFirst(_ number: Int) {
    precondition(number <= count, "a secret has fewer bytes than are to be removed")
    guard number > 0 else { return }
    let room = unsafe memory.room(from: 0)
    let rest = count - number
    unsafe memmove(room.baseAddress!, room.baseAddress! + number, rest)
    unsafe explicit_bzero(room.baseAddress! + rest, number)
    count = rest
  }

  /// Ends building; the memory becomes the secret's, without a copy.
  public consuming func finish() -> Secret {
    Secret(memory: memory, count: count)
  }

  private mutating func reserve(_ more: Int) {
    guard more > memory.capacity - count else { return }
    let larger = LockedMemory(minimum: max(memory.capacity * 2, count + more))
    larger.copy(unsafe memory.bytes(count).bytes, to: 0)
    memory = larger
  }
}
