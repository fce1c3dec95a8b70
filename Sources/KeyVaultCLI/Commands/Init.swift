import ArgumentParser
import GPG
import KeyVault

struct Init: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Create a keyvault repository in this folder.",
    discussion: """
      Writes keyvault.yaml, Schemas/, .gitignore, vault/.gpg-id and the recipients' public keys. It \
      overwrites nothing: an existing password-store in vault/ keeps its readers.

      Example: keyvault init --recipient 0123456789ABCDEF0123456789ABCDEF01234567
      """)

  @Option(
    help: ArgumentHelp(
      "Let this person read the vault: the full fingerprint of a GPG key in your keyring (repeatable; default: your own key).",
      valueName: "fingerprint"))
  var recipient: [String] = []

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let folder = session.surroundings.workingFolder
    let layout = Layout(root: folder)
    var written: [String]
    if let present = try layout.storeRecipients() {
      written = try takeOver(present, layout, session)
    } else {
      let gpg = try session.gpg()
      let keys = try recipient.isEmpty ? [choose(gpg)] : recipient.map { try key($0, gpg) }
      let files = try keys.map { key in
        PublicKeyFile(fingerprint: key.fingerprint, armored: try export(key.fingerprint, gpg))
      }
      written = try layout.create(recipients: files)
      for file in written { session.detail("wrote \(file)") }
      let readers = keys.map { $0.userIDs.first ?? $0.fingerprint }.map { $0.printable(limit: 80) }
      session.note(
        "this folder is a keyvault repository; \(readers.joined(separator: ", ")) can read it")
      session.note("next: keyvault add production/openai")
    }
    if commit.commit || Git(in: folder).prefix != nil {
      try commit.run("keyvault: init", files: written, in: session.repository(), session)
      if !commit.commit { session.tellUntracked(in: folder) }
      session.note("and, to refuse plaintext before it is committed: keyvault git install")
    }
  }

  /// A password-store keeps its readers. It has no public keys: those are in the keyring of whoever
  /// encrypted to them.
  private func takeOver(
    _ present: [String], _ layout: Layout, _ session: Session
  ) throws -> [String] {
    for text in recipient where !present.contains(try fingerprint(text)) {
      throw Failure(
        .usage, "vault/.gpg-id is there already and does not name '\(text.printable(limit: 80))'",
        hints: ["run 'keyvault init' alone, then 'keyvault recipients add FINGERPRINT'"])
    }
    let gpg = try session.gpg()
    let program = try session.gpgProgram()
    var written = try layout.create(recipients: [])
    for file in written { session.detail("wrote \(file)") }
    let repository = try session.repositoryToChange()
    // Each by itself: one that the keyring lacks keeps no other out, and 'keyvault validate' names what is missing.
    for (list, folder, fingerprint) in repository.vault.recipientsWithoutKey() {
      do {
        let file = PublicKeyFile(
          fingerprint: fingerprint, armored: try export(fingerprint, gpg))
        let change = try repository.vault.addRecipient(file, to: folder, program: program)
        for file in change.written { session.detail("wrote \(file)") }
        written += change.written
      } catch let failure as Failure {
        Console.warning(
          "\(list): \(failure.message)",
          hint: "once you have the file of the key: keyvault recipients add FILE")
      }
    }
    let faults = repository.vault.faultyRecipients()
    for fault in faults {
      Console.warning("\(fault.file):\(fault.line): \(fault.message)", hint: fault.hint)
    }
    let state =
      "keeps its readers"
      + (faults.isEmpty ? "" : ", and nothing is encrypted where their list has a fault")
    session.note("this folder is a keyvault repository; its password-store \(state)")
    session.note("next: keyvault recipients, then keyvault validate")
    return written + ["vault/.gpg-id"]
  }

  private func export(_ fingerprint: String, _ gpg: GPG) throws -> [UInt8] {
    do throws(GPGError) {
      return try gpg.exportPublicKey(fingerprint)
    } catch {
      throw Failure(.notFound, error.message, hints: error.hint.map { [$0] } ?? [])
    }
  }

  private func fingerprint(_ text: String) throws -> String {
    let fingerprint = text.replacing(" ", with: "").uppercased()
    guard fingerprint.count == 40, Key.isFingerprint(fingerprint) else {
      throw Failure(
        .usage, "'\(text.printable(limit: 80))' is not a full fingerprint of 40 digits",
        hints: ["gpg --list-keys --fingerprint shows those that you have"])
    }
    return fingerprint
  }

  private func key(_ text: String, _ gpg: GPG) throws -> Key {
    let fingerprint = try fingerprint(text)
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

  /// Asks which of the person's own keys; the only one needs no question.
  private func choose(_ gpg: GPG) throws -> Key {
    let all: [Key]
    do throws(GPGError) {
      all = try gpg.secretKeys()
    } catch {
      throw Failure(.locked, error.message, hints: error.hint.map { [$0] } ?? [])
    }
    let keys = all.filter { $0.unusable == nil }
    let lines = keys.map { "\($0.fingerprint)  \(($0.userIDs.first ?? "").printable(limit: 60))" }
    if keys.isEmpty {
      throw Failure(
        .notFound, "there is no GPG key of yours to encrypt to",
        hints: ["make one: gpg --quick-generate-key 'Your Name <you@example.com>'"])
    }
    if keys.count == 1 { return keys[0] }
    guard Console.isInputTerminal else {
      throw Failure(
        .usage, "you have several keys: say which with --recipient FINGERPRINT", hints: lines)
    }
    for (index, line) in lines.enumerated() { Console.note("  \(index + 1)  \(line)") }
    let answer = try Question.ask("encrypt to which of your keys? [1]")
    guard let number = answer.isEmpty ? 1 : Int(answer), keys.indices.contains(number - 1) else {
      throw Failure(.usage, "there is no key '\(answer.printable(limit: 20))' in the list")
    }
    return keys[number - 1]
  }
}
