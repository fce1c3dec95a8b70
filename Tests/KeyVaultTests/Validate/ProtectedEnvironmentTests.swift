import GPG
import TestSupport
import Testing

@testable import KeyVault

/// Environments that the base declares `protected: true`: a pull request brings no new reader to them.
@Suite(.fewAtATime)
struct ProtectedEnvironmentTests {
  private static let alice = Keyring.alice.fingerprint
  private static let bob = Keyring.bob.fingerprint

  private func world(_ environments: String, lists: [String] = []) throws -> World {
    let world = try World("environments: {\(environments)}\n")
    for folder in lists { try world.want([Self.alice], in: folder) }
    try world.store("production/eu/openai", BaseCase.old)
    try world.store("staging/openai", BaseCase.old)
    try world.commit()
    return world
  }

  /// `severity file` of each reader that is reported as new.
  private func added(_ world: World) throws -> [String] {
    try world.findings(base: "main").filter { $0.code == "recipient-added" }
      .map { "\($0.severity) \($0.file)" }
  }

  @Test func `a new reader of a protected folder is an error, of another one a warning`() throws {
    let world = try world("production: {protected: true}", lists: ["production", "staging"])
    try world.want([Self.alice, Self.bob], in: "production")
    try world.want([Self.alice, Self.bob], in: "staging")
    #expect(
      try added(world) == ["error vault/production/.gpg-id", "warning vault/staging/.gpg-id"])
    let message = try world.findings(base: "main").first { $0.severity == .error }?.message
    #expect(message?.hasSuffix("and is not in 'main', which protects it") == true)
  }

  @Test func `what is below a protected environment is protected`() throws {
    let world = try world("production: {protected: true}", lists: ["production"])
    try world.want([Self.alice, Self.bob], in: "production/eu")
    #expect(try added(world) == ["error vault/production/eu/.gpg-id"])
    // A name that only begins so is another folder.
    try world.scratch.remove("vault/production/eu/.gpg-id")
    try world.want([Self.alice, Self.bob], in: "production2")
    #expect(try added(world) == ["warning vault/production2/.gpg-id"])
  }

  @Test func `a list above it decides of a protected folder too`() throws {
    let world = try world("production/eu: {protected: true}")
    try world.want([Self.alice, Self.bob])
    #expect(try added(world) == ["error vault/.gpg-id"])
    // With a list of its own it does not.
    try world.want([Self.alice], in: "production")
    #expect(try added(world) == ["warning vault/.gpg-id"])
  }

  @Test func `a list that goes, and lets those above read, is found`() throws {
    let world = try world("production: {protected: true}", lists: ["production"])
    try world.want([Self.alice, Self.bob])
    try world.commit()
    try world.scratch.remove("vault/production/.gpg-id")
    #expect(try added(world) == ["error vault/.gpg-id"])
  }

  @Test func `the base declares, whatever the change says`() throws {
    let world = try world("production: {protected: true}")
    for environments in ["", "production: {}", "production: {protected: false}"] {
      try world.configure("environments: {\(environments)}\n")
      try world.want([Self.alice, Self.bob], in: "production")
      let codes = try world.findings(base: "main").filter { $0.severity == .error }.map(\.code)
      #expect(codes == ["protection-dropped", "recipient-added", "recipient-missing"])
    }
    // A change that protects is none of what it protects from.
    let open = try self.world("staging: {}")
    try open.configure("environments: {staging: {protected: true}}\n")
    try open.want([Self.alice, Self.bob], in: "staging")
    #expect(try added(open) == ["warning vault/staging/.gpg-id"])
  }

  @Test func `a declaration that one above makes needless may go`() throws {
    let world = try world("production: {protected: true}, production/eu: {protected: true}")
    try world.configure("environments: {production: {protected: true}}\n")
    #expect(try world.findings(base: "main") == [])
    try world.configure("environments: {production/eu: {protected: true}}\n")
    #expect(try world.findings(base: "main").map(\.code) == ["protection-dropped"])
  }

  @Test func `readers who leave a protected folder are not an error`() throws {
    let world = try world("production: {protected: true}")
    try world.want([Self.alice, Self.bob], in: "production")
    try world.commit()
    try world.want([Self.alice], in: "production")
    #expect(
      try world.findings(base: "main").filter { $0.code.hasPrefix("recipient-") }
        .map(\.severity) == [.note])
  }
}
