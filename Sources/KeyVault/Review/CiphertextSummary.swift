internal import GPG
internal import Naming

/// A summary of a ciphertext without opening it, as lines that git can compare: its size, its
/// digest, and who can read it. Of a file that is not a ciphertext, nothing of its content.
public struct CiphertextSummary: Sendable {
  /// Each line ends in a line break.
  public let text: String

  /// Of the file at `path`, which may be relative to `folder`. That (absolute) is in the work tree
  /// whose public keys give the names;
  /// `program` is gpg, which reads them. Without either the readers are
  /// key ids.
  public init(of path: String, in folder: String, program: GPGProgram?) {
    var parts = path.split(separator: "/")
    let name = parts.popLast().map(String.init) ?? ""
    let start = path.hasPrefix("/") ? "" : folder
    do throws(FileError) {
      let bytes = try Folder(([start] + parts.map(String.init)).joined(separator: "/") + "/")
        .read(name, limit: Limits.ciphertext)
      self.init(of: bytes, in: folder, program: program)
    } catch {
      // git would end at a failure, and show nothing of what comes after.
      self.init(lines: ["unreadable: \(error.message)"])
    }
  }

  init(of bytes: [UInt8], in folder: String, program: GPGProgram?) {
    let digest = "digest \(Vault.digest(bytes))"
    let size = count(bytes.count, "byte")
    do throws(MessageError) {
      let message = try Message(bytes)
      let keys = Self.publicKeys(around: folder, program)
      // By name, so that two versions list the same people in the same order.
      let readers = Dictionary(
        message.recipients.map { Self.reader($0, keys) }.map { (Name($0.0), $0.name) },
        uniquingKeysWith: { first, _ in first }
      ).sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
      self.init(lines: ["OpenPGP message, \(size)", digest] + readers.map { "reader \($0)" })
    } catch {
      self.init(lines: ["not an encrypted OpenPGP message, \(size): \(error.message)", digest])
    }
  }

  private init(lines: [String]) {
    text = lines.map { $0.printable + "\n" }.joined()
  }

  /// A reader's text, and the name by which it is sorted.
  private static func reader(_ keyID: UInt64, _ keys: [PublicKeys]) -> (String, name: String) {
    guard keyID != 0 else { return ("hidden", "") }
    for keys in keys {
      if let holder = keys.holder(of: keyID) { return (holder.text, holder.userID ?? "") }
    }
    return ("\(Drift.text(keyID: keyID)), an unknown key", "")
  }

  private static func publicKeys(around folder: String, _ program: GPGProgram?) -> [PublicKeys] {
    guard let program, let workTree = try? WorkTree(around: folder),
      let roots = try? workTree.repositories()
    else { return [] }
    return roots.compactMap { root in
      let repository = try? Repository(at: workTree.top + "/" + root)
      return repository.flatMap { try? $0.publicKeys(program) }
    }
  }
}
