internal import Naming
internal import YAML

/// A folder's `.gpg-id`, and that each of its recipients has a public key in the repository.
struct RecipientChecks {
  let repository: Repository
  /// Relative to the vault.
  let folder: String
  /// Names of the files of `.public-keys`; nil where they are too many to be listed.
  let publicKeys: Set<Name>?

  /// The secret key of this repository's own demo is public.
  static let demoFingerprint = "0DA7BF98E3D16E8C9C4830D88BDEFB879FBC0082"

  /// `isOwn`: the folder has a list itself; that of a folder above is checked there.
  func findings(isOwn: Bool) -> [Finding] {
    let file = RecipientList.file(in: folder)
    do throws(FileError) {
      guard let list = try repository.vault.recipientList(of: folder) else {
        return [
          Finding(
            .noRecipients, in: file,
            "there is no \(Paths.list) here or above: nothing can be encrypted here",
            hint: "write the recipients' full fingerprints to it, one a line")
        ]
      }
      guard isOwn else { return [] }
      return list.findings + list.recipients.flatMap { findings($0, in: list) }
    } catch {
      return [Finding(.unreadable, in: file, error.message, hint: error.hint)]
    }
  }

  private func findings(
    _ recipient: RecipientList.Recipient, in list: RecipientList
  ) -> [Finding] {
    var findings: [Finding] = []
    let place = Place(line: recipient.line, column: 1)
    let fingerprint = recipient.fingerprint
    if publicKeys?.contains(fingerprint) == false || repository.vault.publicKey(fingerprint) == nil
    {
      findings.append(
        Finding(
          .noPublicKey, in: list.file, at: place, "no public key for \(fingerprint)",
          hint: PublicKeys.export(of: fingerprint).description))
    }
    if fingerprint == Self.demoFingerprint, folder != "demo", !folder.hasPrefix("demo/") {
      findings.append(
        Finding(
          .demoRecipient, in: list.file, at: place,
          "this is the demo's key, whose secret part is public",
          hint: "remove the line, and rotate every key that was encrypted to it"))
    }
    return findings
  }
}
