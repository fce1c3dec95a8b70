import CProcess
import Glibc
import KeyVault
import Machine
import Secrets

/// Keys as files in memory, each with the exact bytes of one key, named by variables `NAME_FILE` as
/// images of Docker read them.
enum KeyFiles {
  /// Beyond the numbers that shells and scripts take for themselves.
  private static let leastDescriptor: Int32 = 100

  /// Whether this system has such files; some sandboxes do not.
  static var canSeal: Bool {
    let file = memfd_create("", 1)  // MFD_CLOEXEC
    if file >= 0 { close(file) }
    return file >= 0
  }

  /// A sealed file without a name for `variable`, which goes with the last process that holds it; its
  /// path.
  static func sealed(_ variable: Rendering.Variable) throws(Failure) -> String {
    let file = memfd_create(variable.name, 3)  // MFD_CLOEXEC and MFD_ALLOW_SEALING
    guard file >= 0 else { throw refusal(variable) }
    defer { close(file) }
    try variable.withValue { (value) throws(Failure) in
      let count = value.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      guard count == value.byteCount else { throw refusal(variable) }
    }
    lseek(file, 0, SEEK_SET)
    // It is the one descriptor that the command shall have.
    let descriptor = kv_seal(file, leastDescriptor)
    guard descriptor >= 0 else { throw refusal(variable) }
    return "/proc/self/fd/\(descriptor)"
  }

  /// A file in a folder of this process; its path.
  static func written(
    _ variable: Rendering.Variable, in folder: ScratchFolder
  ) throws(Failure) -> String {
    do throws(FileError) {
      let place = try Folder(folder.path)
      try variable.withValue { (value) throws(FileError) in
        try place.write(value, as: variable.name, mode: 0o400)
      }
    } catch {
      throw Failure(.cannotWrite, error.message)
    }
    return folder.path + "/" + variable.name
  }

  private static func refusal(_ variable: Rendering.Variable) -> Failure {
    Failure(
      .cannotWrite,
      "cannot make a file in memory for \(variable.name): "
        + String(cString: strerror(errno)))
  }
}
