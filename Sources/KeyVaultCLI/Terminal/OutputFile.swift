import KeyVault
import Secrets

/// A file that a person named with `-o`: written whole, and readable by them alone if they do not say
/// otherwise.
struct OutputFile {
  private let folder: String
  private let name: String
  private let mode: UInt32

  init(_ path: String, mode: UInt32 = 0o600) throws(Failure) {
    self.mode = mode
    let slash = path.lastIndex(of: "/")
    name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard !name.isEmpty, name != ".", name != ".." else {
      throw Failure(.usage, "'\(path)' cannot be written: expected a regular file")
    }
  }

  func write(_ text: borrowing Secret) throws(Failure) {
    do throws(FileError) {
      let folder = try Folder(ofAnyOwner: folder)
      folder.removeAbandoned()
      try text.withBytes { (bytes) throws(FileError) in
        try folder.write(bytes, as: name, mode: mode)
      }
    } catch {
      throw Failure(.cannotWrite, error.message)
    }
  }
}
