/// Plaintext that cannot be copied, printed, compared or encoded, in memory that is locked, left
/// out of core dumps and wiped on release.
///
/// There is one door to the bytes, ``withBytes(_:)``, so that a search for it lists every use of
/// plaintext. It must stay so: no description, no coding and no equality may be added (a test
/// reads this source).
@safe public struct Secret: ~Copyable, @unchecked Sendable {
  private let memory: LockedMemory

  /// Number of bytes; 0 for an empty secret.
  public let count: Int

  /// Takes over memory of which the first `count` bytes are the secret.
  init(memory: consuming LockedMemory, count: Int) {
    self.memory = memory
    self.count = count
  }

  /// Copies bytes; wiping the original is the caller's.
  public init(copying bytes: RawSpan) {
    let memory = LockedMemory(minimum: bytes.byteCount)
    memory.copy(bytes, to: 0)
    self.init(memory: memory, count: bytes.byteCount)
  }

  /// Copies the UTF-8 of a text that is not secret: a String cannot be wiped.
  public init(utf8 text: String) {
    unsafe self.init(copying: text.utf8.span.bytes)
  }

  /// Lets `fill` write up to `capacity` bytes straight into the secret's memory, so that read(2)
  /// or a C library needs no buffer of its own. What it wrote is wiped if it throws.
  public init<E: Error>(
    capacity: Int, filling fill: (inout OutputRawSpan) throws(E) -> Void
  ) throws(E) {
    let memory = LockedMemory(minimum: capacity)
    let room = unsafe UnsafeMutableRawBufferPointer(rebasing: memory.room(from: 0).prefix(capacity))
    var output = unsafe OutputRawSpan(buffer: room, initializedCount: 0)
    try fill(&output)
    let count = output.byteCount
    self.init(memory: memory, count: count)
  }

  /// Lends the bytes to `body`; the span cannot outlive the call.
  public borrowing func withBytes<R: ~Copyable, E: Error>(
    _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    try body(unsafe memory.bytes(count).bytes)
  }
}
