public import Secrets
internal import CGPGME
internal import Glibc

/// The passphrase of a secret key, held in locked memory and handed to gpg through a pipe.
public final class Passphrase: Sendable {
  private let secret: Secret

  /// Takes the first line, without its line end, as gpg's `--passphrase-file` does.
  public init(_ secret: consuming Secret) {
    let length = secret.withBytes { bytes in
      (0..<bytes.byteCount).first {
        [10, 13].contains(unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self))
      } ?? bytes.byteCount
    }
    if length == secret.count {
      self.secret = secret
    } else {
      self.secret = secret.withBytes { Secret(copying: $0.extracting(first: length)) }
    }
  }

  var isEmpty: Bool { secret.count == 0 }

  /// Writes the passphrase and a line end to gpg.
  func write(to descriptor: Int32) -> Bool {
    let written = secret.withBytes { bytes in
      unsafe bytes.withUnsafeBytes { buffer in
        unsafe gpgme_io_writen(descriptor, buffer.baseAddress, buffer.count)
      }
    }
    return written == 0 && Self.endLine(descriptor)
  }

  /// Ends gpg's question without an answer.
  static func endLine(_ descriptor: Int32) -> Bool {
    unsafe gpgme_io_writen(descriptor, "\n", 1) == 0
  }
}
