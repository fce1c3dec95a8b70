internal import GPG
internal import Naming

/// The document of `keyvault recipients`: who can read what, by folder.
public struct RecipientListing: Sendable, Codable {
  public struct Recipient: Sendable, Codable {
    public var fingerprint: String
    /// The first user id of the public key in the repository: unchecked text.
    public var name: String?
    /// Of the subkey that is encrypted to, such as `cv25519`.
    public var algorithm: String?
    /// When nothing can be encrypted to it any longer.
    public var expires: Timestamp?
    public var state: RecipientState

    init(_ fingerprint: String, keys: PublicKeys, warn: Int, now: Timestamp) {
      let file = keys.file(fingerprint)
      let key = file?.key
      self.fingerprint = fingerprint
      name = key?.userIDs.first
      algorithm = key?.encryptionSubkey?.algorithm
      expires = key?.encryptionEnds.map(Timestamp.init(seconds:))
      state = RecipientState(file, now: now, warn: warn)
    }
  }

  public struct Folder: Sendable, Codable {
    /// `vault/production/.gpg-id`.
    public var file: String
    /// Folders with entries, relative to the vault, of which the list decides.
    public var decides: [String]
    public var recipients: [Recipient]
  }

  public var version = 1
  public var folders: [Folder]

  /// Every list of the vault, or the one that decides of `folder`. Throws if a list has a fault, as
  /// the commands do that encrypt.
  public init(
    of repository: Repository, folder: String?, program: GPGProgram, now: Timestamp
  ) throws(Failure) {
    let vault = repository.vault
    let keys = try repository.publicKeys(program)
    var decided: [Name: [String]] = [:]
    for place in Set(names: try vault.allEntries().map(\.name.environment)).sortedTexts {
      // Of one without a list, nothing decides.
      guard let list = try? vault.recipientList(of: place) else { continue }
      decided[list.folder, default: []].append(place)
    }
    var lists: [RecipientList] = []
    if let folder {
      lists = [try vault.recipients(of: folder)]
    } else {
      do throws(FileError) {
        lists = try vault.recipientLists()
      } catch {
        throw error.failure
      }
    }
    var folders: [Folder] = []
    for list in lists {
      let checked = try vault.recipients(of: list.folder)
      folders.append(
        Folder(
          file: checked.file, decides: (decided[list.folder] ?? []).sorted(),
          recipients: checked.recipients.map {
            Recipient(
              $0.fingerprint, keys: keys, warn: repository.configuration.policy.recipientWarn,
              now: now)
          }))
    }
    self.folders = folders
  }

  /// A line a recipient; below each list, the folders of which it decides.
  public func text(_ style: Style) -> String {
    var table = TextTable()
    table.add(
      ["list", "name", "fingerprint", "algorithm", "expires", "state"].map {
        TextTable.Cell($0, .dim)
      })
    for folder in folders {
      for (index, recipient) in folder.recipients.enumerated() {
        table.add([
          TextTable.Cell(index == 0 ? folder.file : "", .bold),
          TextTable.Cell((recipient.name ?? "?").printable(limit: 60)),
          TextTable.Cell(recipient.fingerprint), TextTable.Cell(recipient.algorithm ?? "?"),
          TextTable.Cell(recipient.expires?.day ?? "never"),
          TextTable.Cell(recipient.state.text, recipient.state.colour),
        ])
      }
      let places = folder.decides.map { $0.isEmpty ? Paths.vault : $0 }
      table.add(
        remark: TextTable.Cell(
          places.isEmpty ? "no entries yet" : "for \(places.joined(separator: ", "))", .dim))
    }
    return table.text(style)
  }
}

extension RecipientState {
  var colour: Style.Colour {
    switch self {
    case .ready: .green
    case .expiresSoon, .expired: .yellow
    case .weak, .revoked, .noEncryptionSubkey, .badFile, .noFile: .red
    }
  }
}

extension Repository {
  /// The public keys of the repository. Throws if gpg cannot be asked.
  func publicKeys(_ program: GPGProgram) throws(Failure) -> PublicKeys {
    do throws(FileError) {
      _ = try PublicKeys.listed(in: self)
    } catch {
      throw Failure(.malformed, error.message, hints: [error.hint ?? PublicKeys.removalHint])
    }
    do throws(GPGError) {
      return try PublicKeys(of: self, program: program)
    } catch {
      throw error.failure(what: "cannot read the public keys")
    }
  }
}
