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

  /// Bytes; a list of a thousand people has 41,000.
  static let sizeLimit = 64 << 10

  /// Relative to the repository's root.
  var file: String { Self.file(in: folder) }

  static func file(in folder: String) -> String {
    ([Paths.vault, folder].filter { !$0.isEmpty } + [Paths.list]).joined(separator: "/")
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
      let text = Self.text(of: line)
      if text.hasSuffix("\r") {
        findings.add(.badRecipient, in: file) {
          Finding(
            .badRecipient, in: file, at: place, "a line ends with CR LF, which pass cannot read",
            hint: Shell("sed -i 's/\\r$//' \(path: file)").description)
        }
        continue
      }
      if text.isEmpty { continue }
      if let objection = Self.objection(to: text) {
        findings.add(.badRecipient, in: file) {
          Finding(
            .badRecipient, in: file, at: place,
            (Self.isShown(text) ? "'\(text)' " : "this line ") + objection,
            hint: Self.lookup(of: Self.isShown(text) ? text : "KEY").description)
        }
        continue
      }
      let fingerprint = text.uppercased()
      if let first = lineNumbers[fingerprint] {
        findings.add(.duplicateRecipient, .warning, in: file) {
          Finding(
            .duplicateRecipient, .warning, in: file, at: place,
            "'\(fingerprint)' is already on line \(first)")
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
          .noRecipients, in: file, "no recipients: nothing can be encrypted here",
          hint: "write one full fingerprint a line"))
    }
    self.recipients = recipients
    self.findings = found
  }

  /// The line as `pass` reads it: without a comment behind the fingerprint, and without blanks around that.
  static func text(of line: some Sequence<UInt8>) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    var bytes = Array(line.prefix { $0 != UInt8(ascii: "#") }.drop(while: isBlank))
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether the line can be shown: it is a key's id or an address, and no secret that was put here.
  private static func isShown(_ text: String) -> Bool {
    let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
    let id = digits.last == "!" ? digits.dropLast() : digits
    if id.utf8.count <= 64, !id.isEmpty, id.unicodeScalars.allSatisfy(\.properties.isASCIIHexDigit)
    {
      return true
    }
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || "@ .<>_+-'".unicodeScalars.contains(scalar)
    }
    return text.utf8.count <= 80 && isPlain
      && text.split(separator: " ").last.map(isAddress) ?? false
  }

  /// `alice@example.com`, in angle brackets or not.
  private static func isAddress(_ text: Substring) -> Bool {
    let address = text.hasPrefix("<") ? text.dropFirst().dropLast() : text
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && parts[1].contains(".")
  }

  /// What prints the fingerprint of a key.
  private static func lookup(of key: String) -> Shell {
    Shell("gpg --list-keys --with-colons \(key) | awk -F: '$1==\"fpr\"{print $10; exit}'")
  }

  private static func objection(to text: String) -> String? {
    if text.hasPrefix("0x") || text.hasSuffix("!") {
      return "is not just a fingerprint: write its 40 digits, without '0x' and '!'"
    }
    if text.contains("@") {
      return "is an address, not a fingerprint: anyone can make a key for it"
    }
    if text.contains(" ") || text.contains("\t") {
      return "is not just a fingerprint: a comment begins with '#'"
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
