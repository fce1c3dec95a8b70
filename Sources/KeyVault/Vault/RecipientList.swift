internal import Naming
internal import YAML

/// A `.gpg-id`: who can read a folder, one full fingerprint a line, comments on lines of their own.
struct RecipientList: Sendable {
  struct Recipient: Sendable {
    /// 40 upper-case hexadecimal digits.
    let fingerprint: String
    let line: Int
  }

  /// The folder that holds it, relative to the vault; empty for the vault itself.
  let folder: String
  let recipients: [Recipient]
  let findings: [Finding]

  static let fileName = ".gpg-id"
  static let publicKeys = ".public-keys"
  /// Bytes; a list of a thousand people has 41,000.
  static let sizeLimit = 64 << 10

  /// Relative to the repository's root.
  var file: String { Self.file(in: folder) }

  static func file(in folder: String) -> String {
    ([Vault.folder, folder].filter { !$0.isEmpty } + [fileName]).joined(separator: "/")
  }

  init(parsing bytes: [UInt8], folder: String) {
    self.folder = folder
    let file = Self.file(in: folder)
    // Each line of theirs would be a finding of its own.
    if let finding = ConflictMarkers.finding(in: bytes, file: file) {
      (recipients, findings) = ([], [finding])
      return
    }
    var recipients: [Recipient] = []
    var findings = FindingList()
    var lineNumbers: [Name: Int] = [:]
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let place = Place(line: index + 1, column: 1)
      let text = String(decoding: line, as: UTF8.self)
      if text.hasSuffix("\r") {
        findings.add(.error, in: file) {
          Finding(
            .badRecipient, in: file, at: place, "a line ends with CR LF, which pass cannot read",
            hint: "convert the file to LF line ends")
        }
        continue
      }
      if text.isEmpty || text.hasPrefix("#") { continue }
      if let objection = Self.objection(to: text) {
        findings.add(.error, in: file) {
          Finding(
            .badRecipient, in: file, at: place, "'\(text.printable(limit: 80))' \(objection)",
            hint: "gpg --list-keys --with-colons KEY | awk -F: '$1==\"fpr\"{print $10; exit}'")
        }
        continue
      }
      let fingerprint = text.uppercased()
      if let first = lineNumbers[fingerprint] {
        findings.add(.warning, in: file) {
          Finding(
            .duplicateRecipient, .warning, in: file, at: place,
            "'\(fingerprint)' stands on line \(first) already")
        }
      } else {
        lineNumbers[fingerprint] = index + 1
        recipients.append(Recipient(fingerprint: fingerprint, line: index + 1))
      }
    }
    var found = findings.findings
    if recipients.isEmpty && found.isEmpty {
      found.append(
        Finding(
          .noRecipients, in: file, "no recipient: nobody could read what is encrypted here",
          hint: "write one full fingerprint a line"))
    }
    self.recipients = recipients
    self.findings = found
  }

  private static func objection(to text: String) -> String? {
    if text.contains("@") {
      return "is an address, not a fingerprint: anyone can make a key for it"
    }
    if text.contains("#") || text.contains(" ") {
      return "is not a fingerprint alone: a comment needs a line of its own"
    }
    guard text.utf8.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }) else {
      return "is not a fingerprint"
    }
    switch text.count {
    case 40: return nil
    case 64: return "is the fingerprint of a version 5 or 6 key, which gpg 2.2 cannot use"
    default: return "is a short key id, not a fingerprint of 40 digits: other keys can share it"
    }
  }
}
