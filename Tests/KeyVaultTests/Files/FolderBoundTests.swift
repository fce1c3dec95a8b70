import Foundation
import Testing

@testable import KeyVault

/// How many folders and files a repository can make a command look at.
@Suite struct FolderBoundTests {
  private func path(_ depth: Int) -> String {
    (1...depth).map { "d\($0)" }.joined(separator: "/")
  }

  @Test func `an entry in sixteen folders is read, and one in seventeen is refused`() throws {
    let world = try World()
    try world.store("\(path(16))/openai", FindingCase.key)
    #expect(try world.repository.vault.entries().map(\.name.path) == ["\(path(16))/openai"])
    #expect(try world.findings().isEmpty)
    #expect(EntryName.objection(to: "\(path(17))/openai") == "it is in more than 16 folders")
    #expect(failure { _ = try Vault.folder(named: path(17)) }?.kind == .usage)
  }

  @Test func `folders that are nested deeper give one finding and are not entered`() throws {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    try world.write("no ciphertext", to: "vault/\(path(17))/x/y/z/openai.gpg")
    for index in 0..<5 { try world.write("", to: "vault/\(path(16))/side\(index)/x.gpg") }
    let findings = try world.findings()
    #expect(findings.map(\.code) == ["too-deep"])
    #expect(findings.map(\.file) == ["vault/\(path(16))"])
    #expect(try world.repository.vault.entries().map(\.name.path) == ["p/openai"])
    #expect(try world.repository.vault.folders().count == 18)
  }

  @Test func `a link to a folder above does not lead deeper`() throws {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    try world.scratch.link("vault/p/loop", to: "../../vault")
    #expect(try world.findings().map(\.code) == ["symbolic-link"])
    #expect(try world.repository.vault.folders() == ["", "p"])
  }

  @Test func `a password store that is too deep is not imported in part`() throws {
    let scratch = Scratch()
    try scratch.write("x", to: "\(path(17))/a.gpg")
    try scratch.write("x", to: "b.gpg")
    let store = PassStore(at: scratch.folder)
    let found = failure { _ = try store.variables(at: "", with: Keyring.alice.gpg) }
    #expect(found?.message.contains("more than 16 deep") == true, "\(found?.message ?? "")")
  }

  @Test func `a folder of more names than a vault has is refused before they are read`() throws {
    let world = try World()
    let folder = world.scratch.path("vault/p")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for index in 0...Limits.names {
      close(open("\(folder)/\(index).gpg", O_CREAT | O_WRONLY, 0o600))
    }
    let findings = try world.findings()
    #expect(findings.map(\.code) == ["too-many-files"])
    #expect(findings.map(\.file) == ["vault/p"])
    #expect(failure { _ = try world.repository.vault.entries() }?.kind == .malformed)
  }

  @Test func `more names than a vault has end the walk, in however many folders they are`() throws {
    let world = try World()
    for folder in ["p", "q", "r"] {
      let path = world.scratch.path("vault/\(folder)")
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for index in 0...Limits.names / 3 {
        close(open("\(path)/\(index).txt", O_CREAT | O_WRONLY, 0o600))
      }
    }
    #expect(try world.findings().map(\.code).contains("too-many-files"))
    #expect(failure { _ = try world.repository.vault.entries() }?.kind == .malformed)
  }

  @Test func `more folders than a vault has end the walk`() throws {
    let world = try World()
    for index in 0...Limits.folders { mkdir(world.scratch.path("vault/f\(index)"), 0o700) }
    #expect(try world.findings().map(\.code) == ["too-many-files"])
    #expect(failure { _ = try world.repository.vault.entries() }?.kind == .malformed)
  }

  @Test func `more provider files than anybody has are not read`() throws {
    let world = try World()
    for index in 0...Limits.providers { try world.write("x", to: "providers.d/p\(index).yaml") }
    let findings = try world.findings()
    #expect(findings.map(\.code) == ["too-many-files"])
    #expect(findings.map(\.file) == ["providers.d"])
    let catalogue = try world.repository.catalogue
    #expect(catalogue.ids == BuiltIn.ids.sorted())
    #expect(catalogue.all().failures.count == 1)
  }

  @Test func `provider files that are too large together are not read`() throws {
    let world = try World()
    let text = String(repeating: "# a comment\n", count: 80_000)
    for index in 0...Limits.providerBytes / text.utf8.count {
      try world.write(text, to: "providers.d/p\(index).yaml")
    }
    let findings = try world.findings()
    #expect(findings.map(\.file) == ["providers.d"], "\(findings.map(\.text))")
    #expect(findings.first?.severity == .error)
  }

  @Test func `a sidecar of a hundred thousand keys is not parsed`() throws {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    let lines = (0..<100_000).map { "k\($0): 1\n" }.joined()
    try world.write(lines, to: "vault/p/openai.yaml")
    let findings = try world.findings()
    #expect(findings.map(\.code) == ["unreadable"])
    #expect(findings.first?.message.contains("larger than 64 KiB") == true)
  }
}
