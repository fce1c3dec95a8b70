import CProcess
import Glibc
import KeyVault
import Secrets

/// A file that others write too, such as `$GITHUB_ENV`: what is added stands on lines of its own, whole
/// or not at all.
struct AppendedFile {
  let path: String

  func append(_ text: borrowing Secret) throws(Failure) {
    let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure(errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(.cannotWrite, "'\(path.printable)' cannot be added to: expected a regular file")
    }
    var last = UInt8(ascii: "\n")
    if status.st_size > 0, pread(file, &last, 1, status.st_size - 1) != 1 { throw failure(errno) }
    let error = text.withBytes { bytes in
      bytes.withUnsafeBytes { buffer in
        if last != UInt8(ascii: "\n"), Glibc.write(file, "\n", 1) != 1 { return errno }
        return Self.writeAll(buffer, to: file)
      }
    }
    guard error == 0 else {
      // Half a value would be read as another one.
      ftruncate(file, status.st_size)
      throw failure(error)
    }
  }

  /// The error's number; 0 if all was written.
  private static func writeAll(_ buffer: UnsafeRawBufferPointer, to file: Int32) -> Int32 {
    var done = 0
    while done < buffer.count {
      let wrote = Glibc.write(file, buffer.baseAddress! + done, buffer.count - done)
      if wrote < 0 && errno == EINTR { continue }
      guard wrote > 0 else { return errno }
      done += wrote
    }
    return 0
  }

  private func failure(_ code: Int32) -> Failure {
    Failure(
      .cannotWrite, "cannot write '\(path.printable)': \(String(cString: strerror(code)))")
  }
}
