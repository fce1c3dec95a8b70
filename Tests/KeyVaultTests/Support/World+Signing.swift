import Foundation
import GPG
import Secrets

@testable import KeyVault

extension SigningTrust {
  /// As the environment says it.
  static func trusting(
    _ signers: [String], least: SignaturePolicy = .required, key: String? = nil,
    passKeys: String? = nil
  ) throws -> SigningTrust {
    try SigningTrust(
      Variables(
        signers: signers.isEmpty ? nil : signers.joined(separator: " "),
        least: least == .off ? nil : least.rawValue, key: key, passKeys: passKeys))
  }
}

extension World {
  /// Lets the owner of a home write, and trust these.
  func sign(
    as home: String = Keyring.alice.home, trusting signers: [String] = [Keyring.alice.fingerprint],
    least: SignaturePolicy = .required, key: String? = nil, passKeys: String? = nil,
    tell: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    let trust = try SigningTrust.trusting(signers, least: least, key: key, passKeys: passKeys)
    let new = Signing(
      trust: trust, program: Keyring.gpgProgram,
      gpg: { GPG(program: Keyring.program, home: home) }, tell: tell)
    signing.change { $0 = new }
  }

  /// Signs the lists as they stand.
  func signRecipients() throws {
    let repository = try repository
    _ = try repository.vault.signRecipients(as: repository.signer())
  }

  /// Signs the lists as keyvault did before it covered the provider files.
  func signRecipientsInVersion1(counter: Int = 1) throws {
    let repository = try repository
    var content = try SignedRecipients.Content(of: repository, counter: counter)
    (content.version, content.providers) = (1, nil)
    let signature = try repository.signer().sign(content.signedText)
    try scratch.write(
      SignedRecipients(content, signature: signature).text(), to: SignedRecipients.path)
  }

  /// A vault in which signatures are required, Alice signs, and one entry is signed.
  static func signed(
    _ configuration: String = "", trusting signers: [String] = [Keyring.alice.fingerprint],
    least: SignaturePolicy = .required, entry: String = "p/openai"
  ) throws -> World {
    let world = try World(configuration)
    try world.sign(trusting: signers, least: least)
    try world.signRecipients()
    try world.store(entry, FindingCase.key, about: .init(owner: "a", description: "b"))
    return world
  }

  func sidecar(_ entry: String) throws -> String { try scratch.text("vault/\(entry).yaml") }

  /// Changes a sidecar as anybody with an editor can.
  func edit(_ entry: String, _ old: String, _ new: String) throws {
    let text = try sidecar(entry)
    precondition(text.contains(old), "'\(old)' is not in\n\(text)")
    try write(text.replacing(old, with: new), to: "vault/\(entry).yaml")
  }

  /// Puts a signature that `gpg` makes over the current entry into its sidecar.
  func forge(_ entry: String, with gpg: ([UInt8]) throws -> [UInt8]) throws {
    let root = try self.entry(entry).sidecar!.root
    let text = SignedEntry.text(of: try EntryName(entry), sidecar: root, vault: World.vaultID)!
    let made = Data(try gpg(text)).base64EncodedString()
    let lines = try sidecar(entry).split(separator: "\n").filter { !$0.hasPrefix("signature:") }
    try write((lines + ["signature: \(made)\n"]).joined(separator: "\n"), to: "vault/\(entry).yaml")
  }

  /// `file: severity code` of each finding.
  func codes() throws -> [String] {
    try findings().map { "\($0.file): \($0.severity) \($0.code)" }
  }

  /// Why the entry may not be used; nil if it may.
  func refusal(_ entry: String) -> String? {
    failure {
      _ = try repository.vault.open(self.entry(entry), requiring: .signed, with: Keyring.alice.gpg)
    }?
    .message
  }
}
