import Foundation
import GPG
import Secrets
import Testing

@testable import KeyVault

/// A machine that renders as Alice, remembers, keeps what it opened, and counts what gpg decrypts.
struct WarmCase {
  /// Of the state, and of a gpg that writes down with which arguments it was of use: it also starts ahead of
  /// a decryption that then is not wanted.
  let home = Scratch()

  init() throws {
    try home.write("#!/bin/sh\n/usr/bin/gpg \"$@\" && echo \"$*\" >> \(log)\n", to: "gpg")
    chmod(program, 0o755)
  }

  var stateHome: String { home.path("state") }
  private var program: String { home.path("gpg") }
  private var log: String { home.path("log") }

  static let cache = ".keyvault/cache"

  struct Rendered: Equatable {
    var text: String
    var decryptions: Int
    var notices: [WarmCache.Trouble] = []
  }

  /// An OpenAI and an Anthropic key in `p`, and a Mistral one in `shared`, which `p` inherits.
  static func world(_ policy: String = "") throws -> World {
    let world = try World("environments: {p: {inherit: [shared]}}\n\(policy)")
    try world.write(".keyvault/\n", to: ".gitignore")
    try world.store("p/openai", openAI)
    try world.store("p/anthropic", anthropic)
    try world.store("shared/mistral", mistral)
    return world
  }

  static let openAI = "sk-proj-NotARealKeyNotARealKeyNotARealKey"
  static let anthropic = "sk-ant-api03-NotARealKeyNotARealKeyNotARealKeyNotARealKeyNotARealKeyNot"
  static let mistral = "NotARealKeyNotARealKeyNotARealKe"

  static func text(
    anthropic: String? = anthropic, mistral: String? = mistral, openAI: String? = openAI
  ) -> String {
    [
      ("ANTHROPIC_API_KEY", anthropic), ("MISTRAL_API_KEY", mistral), ("OPENAI_API_KEY", openAI),
    ].compactMap { name, key in key.map { "\(name)=\($0)\n" } }.joined()
  }

  /// As a command does: with a memory and a gpg of its own.
  @discardableResult
  func render(
    _ world: World, _ environments: [String] = ["p"], choosing choice: VariableChoice = .all,
    as keyring: Keyring = .alice, remembers: Bool = true, state: String? = nil, root: String? = nil
  ) async throws -> Rendered {
    var repository = try Repository(at: root ?? world.scratch.folder)
    let memory = Memory(of: repository, stateHome: state ?? stateHome)
    if remembers { repository.memory = memory }
    let notices = Locked<[WarmCache.Trouble]>([])
    let cache = WarmCache(program: Keyring.gpgProgram) { notice in
      notices.change { $0.append(notice) }
    }
    try? home.remove("log")
    let variables = try await Rendering(
      repository: repository, policy: OriginPolicy(allowed: []), cache: cache
    )
    .variables(
      of: environments, choosing: choice, gpg: GPG(program: program, home: keyring.home))
    try? memory.save()
    return Rendered(
      text: try Dialect.dotenv.text(of: variables).text, decryptions: decryptions,
      notices: notices.value)
  }

  /// What gpg decrypted in the last rendering.
  var decryptions: Int {
    let lines = (try? home.text("log"))?.split(separator: "\n") ?? []
    return lines.count { $0.contains(" --decrypt") }
  }

  /// Why the rendering fails.
  func refusal(
    _ world: World, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Failure? {
    do {
      let rendered = try await render(world)
      Issue.record("it was rendered: \(rendered)", sourceLocation: sourceLocation)
      return nil
    } catch let failure as Failure {
      return failure
    }
  }

  /// The one file of the cache, relative to the repository's root.
  func file(_ world: World) throws -> String {
    "\(Self.cache)/" + (try world.scratch.names(in: Self.cache)[0])
  }

  /// Puts other texts into the cache, by what this machine alone can do: with its MAC.
  func plant(_ texts: [String: String], in world: World) throws {
    let path = try file(world)
    let name = String(path.split(separator: "/").last!)
    let local = try LocalState(of: world.repository, stateHome: stateHome)
    let kept = try #require(CacheFile(try world.scratch.bytes(path), name: name, by: local))
    let new = CacheFile(name: name, state: kept.state, message: try Self.message(texts))
    try world.scratch.write(#require(new.bytes(by: local)), to: path)
  }

  /// As anybody can encrypt it to Alice's public key.
  static func message(_ texts: [String: String]) throws -> [UInt8] {
    let text = texts.map { "\($0.key) \($0.value.utf8.count)\n\($0.value)" }.joined()
    return try Keyring.alice.gpg(
      ["--trust-model", "always", "--encrypt", "-r", Keyring.alice.fingerprint],
      input: Array(text.utf8))
  }

  /// The digest of an entry's ciphertext.
  func digest(of entry: String, in world: World) throws -> String {
    Vault.digest(try world.scratch.bytes("vault/\(entry).gpg"))
  }
}
