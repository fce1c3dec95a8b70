internal import CGPGME
internal import Glibc
internal import Secrets

/// Owns a `gpgme_data_t`.
@safe struct DataHandle: ~Copyable {
  let raw: gpgme_data_t

  /// Reads from bytes that stay where they are while the handle lives.
  init(reading bytes: UnsafeRawBufferPointer) throws(GPGError) {
    var new: gpgme_data_t?
    // gpgme takes no null, also for no bytes.
    let start = unsafe bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
    try check(
      unsafe gpgme_data_new_from_mem(
        &new, start.assumingMemoryBound(to: CChar.self), bytes.count, 0))
    unsafe raw = new!
    _ = unsafe gpgme_data_set_flag(raw, "sensitive", "1")
  }

  /// Reads from an input, which must outlive the handle.
  init(reading input: Input) throws(GPGError) {
    var new: gpgme_data_t?
    input.rewind()
    try check(
      unsafe gpgme_data_new_from_cbs(
        &new, Input.callbacks, Unmanaged.passUnretained(input).toOpaque()))
    unsafe raw = new!
  }

  /// Writes to an output, which must outlive the handle.
  init(writing output: Output) throws(GPGError) {
    var new: gpgme_data_t?
    try check(
      unsafe gpgme_data_new_from_cbs(
        &new, Output.callbacks, Unmanaged.passUnretained(output).toOpaque()))
    unsafe raw = new!
    _ = unsafe gpgme_data_set_flag(raw, "sensitive", "1")
  }

  deinit {
    unsafe gpgme_data_release(raw)
  }
}

/// A message that is asked for once gpg was started.
@safe final class Input {
  private let next: () -> Message?
  private var wasAsked = false
  private var position = 0
  /// What was given.
  private(set) var message: Message?

  init(_ next: @escaping () -> Message?) {
    self.next = next
  }

  /// Whether nothing was given, though it was asked for.
  var isEmpty: Bool { wasAsked && message == nil }

  /// Begins again, for another gpg.
  func rewind() { position = 0 }

  private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    if !wasAsked {
      wasAsked = true
      message = next()
    }
    guard let bytes = message?.bytes else { return 0 }
    let count = min(bytes.count - position, buffer.count)
    unsafe buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }

  /// gpgme keeps the pointer, so there is one for the whole process.
  nonisolated(unsafe) fileprivate static let callbacks: gpgme_data_cbs_t = {
    let callbacks = gpgme_data_cbs_t.allocate(capacity: 1)
    unsafe callbacks.initialize(
      to: gpgme_data_cbs(
        read: { handle, buffer, size in
          let input = unsafe Unmanaged<Input>.fromOpaque(handle!).takeUnretainedValue()
          return unsafe input.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size))
        },
        write: nil, seek: nil, release: nil))
    return unsafe callbacks
  }()
}

/// Takes what gpg prints straight into locked memory, up to a limit; gpgme stops gpg beyond it.
@safe final class Output {
  private let limit: Int
  private var builder: SecretBuilder? = SecretBuilder(capacity: 4096)
  /// Whether gpg had more to say.
  private(set) var isOverflown = false

  init(limit: Int) {
    self.limit = limit
  }

  /// Hands over what was written, in as little locked memory as it needs; once.
  func finish() -> Secret {
    builder.take()!.finish().withBytes { Secret(copying: $0) }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard let count = builder?.count, bytes.count <= limit - count else {
      isOverflown = true
      errno = EFBIG
      return -1
    }
    unsafe builder?.append(bytes.bytes)
    return bytes.count
  }

  /// gpgme keeps the pointer, so there is one for the whole process.
  nonisolated(unsafe) fileprivate static let callbacks: gpgme_data_cbs_t = {
    let callbacks = gpgme_data_cbs_t.allocate(capacity: 1)
    unsafe callbacks.initialize(
      to: gpgme_data_cbs(
        read: nil,
        write: { handle, buffer, size in
          let output = unsafe Unmanaged<Output>.fromOpaque(handle!).takeUnretainedValue()
          return unsafe output.write(UnsafeRawBufferPointer(start: buffer, count: size))
        },
        seek: nil, release: nil))
    return unsafe callbacks
  }()
}
