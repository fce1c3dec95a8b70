internal import GPG

/// Makes a folder a keyvault repository. A password-store that it holds keeps its readers.
public struct InitRepository: Sendable {
  /// Fingerprints, as a person writes them, of keys in the user's keyring; empty for the user's own key.
  public let readers: [String]

  public init(readers: [String] = []) {
    self.readers = readers
  }

  public struct Outcome: Sendable {
    /// Files that were written, relative to the root.
    public internal(set) var written: [String]
    /// The list that was there before, which a first commit needs as well; else empty.
    public internal(set) var kept: [String] = []
    /// Who can read a new vault, by their first user IDs; empty for a password-store.
    public internal(set) var readers: [String] = []
    /// What keeps keys from being encrypted to readers of a password-store.
    public internal(set) var faults: [Notice] = []

    /// Whether the folder held a password-store.
    public var isTakenOver: Bool { readers.isEmpty }
    /// Whether a list has a fault, so that nothing is encrypted for its folder.
    public var hasFaultyList: Bool {
      faults.contains { $0.code == .faultyList }
    }
  }

  /// `root` is absolute and exists; `opening` opens the repository there once its files are written. Throws, with
  /// nothing written, where a key cannot be a recipient, or the person does not say which. Blocks.
  public func run(
    at root: String, on host: Host, for frontEnd: any FrontEnd,
    opening: () throws(Failure) -> Workspace
  ) throws(Failure) -> Outcome {
    let layout = Layout(root: root)
    if let present = try layout.storeRecipients() {
      return try takeOver(present, layout, on: host, opening: opening)
    }
    let gpg = try host.gpg()
    var keys: [Key] = []
    for text in readers { keys.append(try key(text, gpg)) }
    if keys.isEmpty { keys = [try ownKey(gpg, frontEnd)] }
    var files: [PublicKeyFile] = []
    for key in keys {
      files.append(try PublicKeyFile(exporting: key.fingerprint, from: gpg))
    }
    return Outcome(
      written: try layout.create(recipients: files),
      readers: keys.map { ($0.userIDs.first ?? $0.fingerprint).printable(limit: 80) })
  }

  /// A password-store has no public keys: those are in the keyring of the person who encrypted to them.
  private func takeOver(
    _ present: [String], _ layout: Layout, on host: Host,
    opening: () throws(Failure) -> Workspace
  ) throws(Failure) -> Outcome {
    for text in readers where !present.contains(try Self.fingerprint(text)) {
      throw Failure(
        .usage, "vault/.gpg-id is there already and does not name '\(text.printable(limit: 80))'",
        hints: ["run 'keyvault init' alone, then 'keyvault recipients add FINGERPRINT'"])
    }
    let gpg = try host.gpg()
    let program = try host.program(nil)
    var outcome = Outcome(written: try layout.create(recipients: []), kept: ["vault/.gpg-id"])
    let vault = try opening().vault
    // Each by itself: one that the keyring lacks keeps no other out, and 'keyvault validate' names what is missing.
    for (list, folder, fingerprint) in vault.recipientsWithoutKey() {
      do throws(Failure) {
        let file = try PublicKeyFile(exporting: fingerprint, from: gpg)
        outcome.written += try vault.addRecipient(file, to: folder, program: program).written
      } catch {
        outcome.faults.append(
          Notice(
            .noPublicKey, .warning, "\(list): \(error.message)",
            hints: ["once you have the file of the key: keyvault recipients add FILE"]))
      }
    }
    outcome.faults += vault.faultyRecipients().map { fault in
      Notice(
        .faultyList, .warning, "\(fault.file):\(fault.line): \(fault.message)",
        hints: fault.hint.map { [$0] } ?? [])
    }
    return outcome
  }

  private static func fingerprint(_ text: String) throws(Failure) -> String {
    try FullFingerprint.parse(
      text, hint: "gpg --list-keys --fingerprint shows those that you have")
  }

  private func key(_ text: String, _ gpg: GPG) throws(Failure) -> Key {
    let fingerprint = try Self.fingerprint(text)
    let found: Key?
    do throws(GPGError) {
      found = try gpg.publicKey(fingerprint)
    } catch {
      throw Failure(.notFound, error.message, hints: error.hint.map { [$0] } ?? [])
    }
    guard let key = found else {
      throw Failure(
        .notFound, "no public key \(fingerprint) in your keyring",
        hints: ["gpg --import its file first"])
    }
    if let why = key.unusable {
      throw Failure(
        .malformed, "the key \(fingerprint) cannot be a recipient: \(why.message)",
        hints: why.hint.map { [$0] } ?? [])
    }
    return key
  }

  /// The user's only key, or the one that the person chooses.
  private func ownKey(_ gpg: GPG, _ frontEnd: any FrontEnd) throws(Failure) -> Key {
    let all: [Key]
    do throws(GPGError) {
      all = try gpg.secretKeys()
    } catch {
      throw Failure(.locked, error.message, hints: error.hint.map { [$0] } ?? [])
    }
    let keys = all.filter { $0.unusable == nil }
    guard keys.count > 1 else {
      if let only = keys.first { return only }
      throw Failure(
        .notFound, "there is no GPG key of yours to encrypt to",
        hints: ["make one: gpg --quick-generate-key 'Your Name <you@example.com>'"])
    }
    let lines = keys.map { "\($0.fingerprint)  \(($0.userIDs.first ?? "").printable(limit: 60))" }
    guard let index = try frontEnd.chooses(among: .ownKey(lines)) else {
      throw Failure(
        .usage, "you have several keys: name one with --recipient FINGERPRINT", hints: lines)
    }
    return keys[index]
  }
}

extension Notice.Code {
  /// A list names a person whose public key is not in the repository.
  static let noPublicKey = Notice.Code(rawValue: "no-public-key")
  /// A line of a list names no key.
  static let faultyList = Notice.Code(rawValue: "faulty-list")
}
