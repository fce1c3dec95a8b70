import Foundation
import GPG
import HTTP
import Secrets

@testable import KeyVault

/// A repository of its own, for Alice, gone with the value.
final class World: Sendable {
  let scratch = Scratch()
  /// The signer and the trusted signers; none at first.
  let signing = Locked<Signing?>(nil)
  /// The commit to compare with, where a change is checked.
  let base = Locked<String?>(nil)

  static let vaultID = "00112233445566778899aabbccddeeff"
  /// 2026-11-23T17:45:00Z.
  static let now = Timestamp("2026-11-23T17:45:00Z")!

  /// `configuration` follows `version` and `vault` in keyvault.yaml.
  init(_ configuration: String = "", recipients: [Keyring] = [.alice]) throws {
    try configure(configuration)
    try write(recipients.map { $0.fingerprint + "\n" }.joined(), to: "vault/.gpg-id")
    for keyring in [Keyring.alice, .bob] {
      try scratch.write(keyring.publicKey, to: "vault/.public-keys/\(keyring.fingerprint)")
    }
  }

  func configure(_ configuration: String) throws {
    try write("version: 1\nvault: \"\(Self.vaultID)\"\n" + configuration, to: "keyvault.yaml")
  }

  func write(_ text: String, to name: String) throws { try scratch.write(text, to: name) }

  /// Opened again, so that it sees what was written.
  var repository: Repository {
    get throws { try Repository(at: scratch.folder, signing: signing.value) }
  }

  /// Stores a key as `add` does.
  func store(
    _ entry: String, _ key: String, provider: String? = nil, hosts: [String] = [], serial: Int = 1,
    fields: [(name: String, value: String)] = [], about: Vault.Description = .init(),
    now: Timestamp = World.now
  ) throws {
    let name = try EntryName(entry)
    let new = NewKey(
      entry: name, provider: provider ?? name.name, key: Secret(utf8: key), fields: fields,
      hosts: hosts, serial: serial)
    try repository.vault.store(
      new, about: about, program: Keyring.gpgProgram,
      now: now)
  }

  /// Encrypts any payload with gpg itself, as `pass` does, without a sidecar.
  func encrypt(_ payload: [UInt8], to entry: String, for keyring: Keyring = .alice) throws {
    let bytes = try keyring.gpg(
      ["--encrypt", "--trust-model", "always", "--recipient", keyring.fingerprint], input: payload)
    try scratch.write(bytes, to: "vault/\(entry).gpg")
  }

  func encrypt(_ payload: String, to entry: String) throws {
    try encrypt(Array(payload.utf8), to: entry)
  }

  func entry(_ name: String) throws -> Vault.Entry {
    try repository.vault.entry(EntryName(name))
  }

  func open(_ name: String, as keyring: Keyring = .alice) throws -> OpenedEntry {
    try repository.vault.open(entry(name), requiring: .here, with: keyring.gpg)
  }

  /// Asks the provider about every entry; without `policy` the stand-ins are allowed.
  func test(
    gateway: String? = nil, policy: OriginPolicy? = nil,
    as keyring: Keyring = .alice, client: HTTPClient? = nil, deadline: Duration? = nil,
    _ change: (inout Prober.Options) -> Void = { _ in }
  ) async throws -> [TestResult] {
    let repository = try repository
    var options = Prober.Options()
    options.patience = Patience(retries: 0)
    change(&options)
    let prober = Prober(
      client: try client ?? .forTests(), catalogue: repository.catalogue,
      policy: try policy ?? .standIns(of: repository, gateway: gateway), options: options)
    let run = TestRun(
      repository: repository, gpg: keyring.gpg, prober: prober, gateway: gateway)
    return await run.results(
      of: try repository.vault.entries(), now: Self.now, until: deadline.map { .now + $0 },
      progress: { _ in })
  }

  /// Asks the provider about a key that is not stored, so without gpg; the environment's gateway
  /// counts.
  func ask(
    _ entry: String, _ key: String, fields: [(name: String, value: String)] = [],
    client: HTTPClient? = nil, _ change: (inout Prober.Options) -> Void = { _ in }
  ) async throws -> TestResult {
    let repository = try repository
    var options = Prober.Options()
    options.patience = Patience(retries: 0)
    change(&options)
    let prober = Prober(
      client: try client ?? .forTests(), catalogue: repository.catalogue,
      policy: try .standIns(of: repository), options: options)
    let name = try EntryName(entry)
    let new = NewKey(
      entry: name, provider: name.name, key: Secret(utf8: key), fields: fields, hosts: [],
      serial: 1)
    return try await prober.test(new, in: repository, now: Self.now)
  }

  func findings(
    now: Timestamp = World.now, program: GPGProgram? = Keyring.gpgProgram, base: String? = nil,
    readsHistory: Bool = false
  ) throws -> [Finding] {
    try Validator(
      root: scratch.folder, now: now, program: program, readsHistory: readsHistory,
      trust: signing.value?.trust ?? .none, base: base ?? self.base.value
    ).outcome().findings
  }

  /// Takes a person from lists as `recipients rm` does.
  func removeRecipient(
    _ fingerprint: String, from folders: [String] = [""], program: GPGProgram? = Keyring.gpgProgram
  ) throws -> Vault.Removal {
    try repository.vault.removeRecipient(
      fingerprint, from: folders, program: program, now: Self.now)
  }

  /// Runs git as Alice; what it printed.
  @discardableResult
  func git(_ arguments: String...) throws -> String {
    let identity = ["-c", "user.name=Alice", "-c", "user.email=alice@example.com"]
    let result = try run(["/usr/bin/git", "-C", scratch.folder] + identity + arguments)
    guard result.status == 0 else { throw ProgramFailure(errors: result.errors) }
    return result.text
  }

  /// Lets the index have an object of that mode at a path, whatever the work tree has.
  func index(_ mode: String, _ path: String) throws {
    try git("init", "-q", "-b", "main")
    let object = String(repeating: "1", count: 40)
    try git("update-index", "--add", "--cacheinfo", "\(mode),\(object),\(path)")
  }

  /// Commits all files, in a work tree that is made if there is none; the commit's id.
  @discardableResult
  func commit() throws -> String {
    try git("init", "-q", "-b", "main")
    try git("add", "-A")
    try git("commit", "-q", "--allow-empty", "-m", "x")
    return try git("rev-parse", "HEAD").trimmingCharacters(in: .newlines)
  }
}

extension HTTPClient {
  /// `authorities` is a PEM file that takes the place of the system's.
  static func forTests(authorities: String? = nil) throws -> HTTPClient {
    Trap.shared.arm()
    return try HTTPClient(userAgent: "keyvault-tests/1", authorities: authorities)
  }
}

extension Secret {
  var text: String {
    borrowing get { withBytes { $0.text } }
  }
}

extension RawSpan {
  var text: String { String(decoding: (0..<byteCount).map { byte($0) }, as: UTF8.self) }
}

extension Payload {
  var keyText: String { withKey { $0.text } }

  convenience init(text: String) throws {
    try self.init(Secret(utf8: text))
  }
}

/// What a throwing call says; nil if it does not throw a failure.
func failure(of body: () throws -> Void) -> Failure? {
  do {
    try body()
    return nil
  } catch {
    return error as? Failure
  }
}
