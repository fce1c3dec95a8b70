internal import GPG
internal import Naming

/// `vault/.public-keys/` as gpg understands it: each file is shown to gpg once, however many entries
/// there are. Which subkey belongs to whom is decided by gpg and never by our own reading of
/// packets: a subkey that an attacker appended to a file would pass as that person's.
struct PublicKeys: Sendable {
  struct File: Sendable {
    /// The fingerprint of the key that it must hold, if it is called as it must be.
    let name: String
    /// What gpg found in it.
    let keys: [Key]
    /// Why it could not be read, or what gpg said instead.
    let fault: String?
    /// What to do about a file that could not be read.
    var faultHint: String?

    /// Relative to the repository's root.
    var path: String { "\(PublicKeys.folder)/\(name)" }

    /// The key of that name, where it is in the file and nothing else is.
    var key: Key? {
      guard fault == nil, keys.count == 1, keys[0].fingerprint == name else { return nil }
      return keys[0]
    }
  }

  /// Who has a subkey, as the files say.
  struct Holder: Sendable, Equatable {
    let fingerprint: String
    /// The first user id: unchecked text.
    let userID: String?
    /// Whether the subkey was revoked.
    let isRevoked: Bool

    /// `FINGERPRINT (Alice <alice@example.com>)`.
    var text: String { PublicKeys.text(fingerprint, userID) }
  }

  /// Sorted by name.
  let files: [File]
  private let byName: [Name: File]
  private let holders: [UInt64: Holder]

  /// No team has more files than that, and each takes a process.
  static let limit = 400

  static let removalHint = "remove those of people whom no ciphertext in git history names"

  static let folder = "\(Paths.vault)/\(Paths.publicKeys)"

  /// What writes a key of the person's keyring here.
  static func export(of fingerprint: String) -> Shell {
    let file = "\(folder)/\(fingerprint)"
    let options: Shell = "--armor --export-options export-minimal"
    return Shell("gpg \(options) --export \(fingerprint) > \(path: file)")
  }

  /// Reads every file and asks `program` about each. Throws if gpg cannot be asked at all.
  init(of repository: Repository, program: GPGProgram) throws(GPGError) {
    let names = Self.names(in: repository)
    let results = concurrentMap(names.count) { index in
      Self.inspect(names[index], in: repository, program)
    }
    files = try results.map { result throws(GPGError) in try result.get() }
    byName = Dictionary(files.map { (Name($0.name), $0) }) { first, _ in first }
    var holders: [UInt64: Holder] = [:]
    for key in files.flatMap(\.keys) {
      for subkey in key.subkeys where subkey.canEncrypt {
        let holder = Holder(
          fingerprint: key.fingerprint, userID: key.userIDs.first, isRevoked: subkey.isRevoked)
        holders[subkey.keyID] = holders[subkey.keyID] ?? holder
      }
    }
    self.holders = holders
  }

  /// The file of that name; nil if there is none.
  func file(_ fingerprint: String) -> File? { byName[fingerprint] }

  /// Of all subkeys that can encrypt, or could.
  var keyIDs: Set<UInt64> { Set(holders.keys) }

  /// Who has the subkey of that id; nil if no file has it.
  func holder(of keyID: UInt64) -> Holder? { holders[keyID] }

  /// A person for a message: the fingerprint, and the first user id if the file has one.
  func text(of fingerprint: String) -> String {
    Self.text(fingerprint, file(fingerprint)?.key?.userIDs.first)
  }

  private static func text(_ fingerprint: String, _ userID: String?) -> String {
    userID.map { "\(fingerprint) (\($0.printable(limit: 80)))" } ?? fingerprint
  }

  /// Names of all in the folder that is named by a fingerprint, whatever it is; sorted. None where they
  /// cannot be listed.
  static func names(in repository: Repository) -> [String] {
    (try? listed(in: repository)) ?? []
  }

  /// The public keys. Throws if there are more than ``limit``, or they cannot be listed.
  static func listed(in repository: Repository) throws(FileError) -> [String] {
    let names = try allNames(in: repository).filter(Key.isFingerprint)
    guard names.count <= limit else { throw FileError(.tooManyNames(limit: limit), folder, 0) }
    return names
  }

  /// Names of all else in the folder, which nothing reads; sorted.
  static func strays(in repository: Repository) -> [String] {
    ((try? allNames(in: repository)) ?? []).filter { !Key.isFingerprint($0) }
  }

  private static func allNames(in repository: Repository) throws(FileError) -> [String] {
    let absent = try repository.absent.ids.sortedKeys.filter { $0.hasPrefix(folder + "/") }
      .map { String($0.dropFirst(folder.count + 1)) }
    do throws(FileError) {
      return try Folder(repository.root).folder(folder).items().map(\.name) + absent
    } catch let error where error.isMissing {
      return absent
    }
  }

  private static func inspect(
    _ name: String, in repository: Repository, _ program: GPGProgram
  ) -> Result<File, GPGError> {
    let bytes: [UInt8]
    do throws(FileError) {
      if let absent = try repository.absent.read("\(folder)/\(name)") {
        bytes = absent
      } else {
        bytes = try Folder(repository.root).folder(folder)
          .read(name, limit: RecipientFile.sizeLimit)
      }
    } catch {
      return .success(
        File(name: name, keys: [], fault: error.message, faultHint: error.hint))
    }
    do throws(GPGError) {
      let keys = try program.inspect(bytes)
      return .success(File(name: name, keys: keys, fault: nil))
    } catch {
      switch error.reason {
      case .programMissing, .noHome: return .failure(error)
      default:
        return .success(
          File(name: name, keys: [], fault: error.message, faultHint: error.hint))
      }
    }
  }
}
