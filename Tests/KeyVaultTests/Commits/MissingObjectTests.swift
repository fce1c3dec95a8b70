import Foundation
import TestSupport
import Naming
import Testing

@testable import KeyVault

/// A clone that lacks objects, as one that is damaged: what cannot be read is not taken for absent.
@Suite(.fewAtATime)
struct MissingObjectTests {
  /// Removes an object, which is loose.
  private func lose(_ name: String, _ world: World) throws {
    let id = try world.git("rev-parse", name).trimmingCharacters(in: .newlines)
    try world.scratch.remove(".git/objects/\(id.prefix(2))/\(id.dropFirst(2))")
  }

  @Test(arguments: [
    "keyvault.yaml", "vault/.gpg-id", "vault/p/openai.yaml",
    "vault/.public-keys/\(Keyring.bob.fingerprint)",
  ])
  func `a file of the base that git lacks ends the comparison`(path: String) throws {
    let world = try World("environments: {p: {protected: true}}\n")
    try world.store("p/openai", FindingCase.key, serial: 1)
    try world.commit()
    try world.configure("")
    try world.write("\(Keyring.bob.fingerprint)\n", to: "vault/.gpg-id")
    try world.store("p/openai", FindingCase.key, serial: 2)
    try world.scratch.remove("vault/.public-keys/\(Keyring.bob.fingerprint)")
    _ = try world.findings(program: Keyring.gpgProgram, base: "main")
    try lose("main:\(path)", world)
    let refusal = failure {
      _ = try world.findings(program: Keyring.gpgProgram, base: "main")
    }
    #expect(refusal?.kind == .inconclusive)
    #expect(refusal?.message.contains(path) == true)
  }

  @Test func `an older version that git lacks is not one that never was`() throws {
    let world = try World()
    try world.store("p/openai", FindingCase.key, serial: 1)
    try world.commit()
    try world.store("p/openai", FindingCase.key, serial: 2)
    try world.commit()
    let path = "vault/p/openai.gpg"
    let base = try Snapshot("main", of: world.scratch.folder)
    let versions = try base.history(of: [path])[path] ?? []
    #expect(try base.contents(of: versions) { $0.count }.count == 2)
    #expect(try VaultHistory(of: world.repository).isWhole)
    try lose("main~1:\(path)", world)
    #expect(failure { _ = try base.contents(of: versions) { $0.count } }?.kind == .inconclusive)
    #expect(try !VaultHistory(of: world.repository).isWhole)
  }

  @Test func `grafts do not cut the history`() throws {
    let world = try World()
    try world.store("p/openai", FindingCase.key, serial: 1)
    try world.commit()
    try world.store("p/openai", FindingCase.key, serial: 2)
    let head = try world.commit()
    try world.write(head + "\n", to: ".git/info/grafts")
    let path = "vault/p/openai.gpg"
    let base = try Snapshot("main", of: world.scratch.folder)
    #expect(try base.history(of: [path])[path]?.count == 2)
  }
}
