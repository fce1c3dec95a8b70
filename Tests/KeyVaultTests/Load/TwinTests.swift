import Foundation
import GPG
import Naming
import TestSupport
import Testing
import YAML

@testable import KeyVault

/// Names that Swift's `String` takes for equal, or repairs until they are, in files, git, and YAML.
@Suite(.fewAtATime)
struct TwinTests {
  private static let alice = Keyring.alice.fingerprint
  private static let bob = Keyring.bob.fingerprint

  /// Bash, for names that no Swift string holds.
  private func shell(_ world: World, _ script: String) throws {
    let result = try run(["/bin/bash", "-e", "-c", script], in: world.scratch.folder)
    try #require(result.status == 0, "\(result.errors)")
  }

  private func errors(_ world: World, base: String? = nil) throws -> [String] {
    try world.findings(base: base).filter { $0.severity == .error }.map { "\($0.code) \($0.file)" }
  }

  // MARK: - Folders of the vault

  @Test(arguments: [
    #"U\xe2\x84\xaa"#, #"caf\xc3\xa9"#, #"cafe\xcc\x81"#, #"x\xff"#, #"x\xe2\x80\x8d"#, "a b",
    #"\xef\xbf\xbd"#, #"line\nbreak"#,
  ])
  func `a folder of a name that no command accepts is an error and is not read`(name: String) throws
  {
    let world = try World()
    try world.store("UK/openai", FindingCase.key, provider: "openai")
    try shell(world, "cp -a vault/UK vault/$'\(name)'; cp vault/.gpg-id vault/$'\(name)'")
    #expect(try world.repository.vault.entries().map(\.name.path) == ["UK/openai"])
    #expect(try world.repository.vault.folders() == ["", "UK"])
    #expect(try world.repository.vault.recipientLists().map(\.folder) == [""])
    let findings = try world.findings().filter { $0.severity == .error }
    #expect(findings.map(\.code) == ["bad-entry-name"], "\(findings)")
    #expect(findings.allSatisfy { !$0.file.unicodeScalars.contains("\n") })
  }

  @Test(arguments: [#"U\xe2\x84\xaa"#, #"\xef\xbc\xb5K"#, "uk"])
  func `a twin lends its signed list to no other folder`(twin: String) throws {
    let world = try World.signed(entry: "p/openai")
    try world.want([Self.alice], in: "UK")
    try world.signRecipients()
    try shell(world, "mkdir vault/$'\(twin)'; cp vault/UK/.gpg-id vault/$'\(twin)'")
    try world.want([Self.alice, Self.bob], in: "UK")
    #expect(try errors(world).contains("recipients-changed vault/UK/.gpg-id"))
    #expect(
      failure { try world.store("UK/openai", FindingCase.key, provider: "openai") }?.message
        == "vault/UK/.gpg-id: this is not the signed version of the list")
  }

  @Test func `an entry of a bad name is an error`() throws {
    let world = try World()
    try shell(world, #"mkdir vault/p; : >vault/p/$'open\xc3\xa9.gpg'; : >vault/p/$'x\xfe.yaml'"#)
    #expect(
      try errors(world) == [
        "bad-entry-name vault/p/open\u{E9}.gpg", "bad-entry-name vault/p/x\u{FFFD}fe.yaml",
      ])
  }

  // MARK: - Public keys

  @Test(arguments: [
    (#"\xc3\xa9"#, #"e\xcc\x81"#), (#"\xff"#, #"\xfe"#), (#"\xef\xbf\xbd"#, #"\xff"#),
    (#"\xe2\x84\xaa"#, "K"),
  ])
  func `public keys of any two names are reported, and nothing traps`(one: String, other: String)
    throws
  {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    try shell(world, "cd vault/.public-keys; : >$'\(one)'; : >$'\(other)'")
    #expect(try errors(world).filter { $0.hasPrefix("bad-public-key ") }.count == 2)
    #expect(PublicKeys.names(in: try world.repository) == [Self.alice, Self.bob].sorted())
    #expect(try PublicKeys(of: world.repository, program: Keyring.gpgProgram).files.count == 2)
    // A name that equals Alice's only in capital letters: "ff" as one character becomes two.
    let ligature = Self.alice.dropLast(2) + "\u{FB00}"
    try shell(world, "cd vault/.public-keys; cp \(Self.bob) '\(ligature)'")
    #expect(PublicKeys.names(in: try world.repository).count == 2)
    let history = try VaultHistory(ofPresent: world.repository)
    #expect(history.publicKeys.sortedKeys == [Self.alice, Self.bob].sorted())
  }

  // MARK: - Providers

  @Test(arguments: [
    #"acm\xc3\xa9"#, #"acme\xcc\x81"#, #"acme\xff"#, #"\xe2\x84\xaa"#, "Acme", "1a",
  ])
  func `a provider file of another alphabet is an error and is not read`(name: String) throws {
    let world = try World()
    try shell(world, "mkdir providers.d; echo 'id: acme' >providers.d/$'\(name).yaml'")
    #expect(try world.repository.catalogue.ids.sorted() == BuiltIn.ids.sorted())
    let found = try errors(world)
    #expect(found.count == 1 && found[0].hasPrefix("id-is-not-file-name providers.d/"), "\(found)")
  }

  // MARK: - git

  @Test func `a commit keeps all names apart`() throws {
    let world = try World()
    let names = [
      "UK", #"U\xe2\x84\xaa"#, #"\xc3\xa9"#, #"e\xcc\x81"#, #"\xff"#, #"\xfe"#, #"\xef\xbf\xbd"#,
    ]
    for name in names {
      try shell(world, "mkdir -p vault/$'\(name)'; echo \(name) >vault/$'\(name)'/a.gpg")
    }
    try world.commit()
    let snapshot = try Snapshot("main", of: world.scratch.folder)
    let paths = snapshot.files.sortedKeys.filter { $0.hasSuffix("/a.gpg") }
    #expect(paths.count == names.count)
    #expect(Set(names: snapshot.files.values).count == snapshot.files.count)
    let read = try snapshot.read(paths).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    #expect(read.compactMap(\.self).count == names.count)
    #expect(try snapshot.read(["vault/UK/a.gpg"]) == [Array("UK\n".utf8)])
    // git is asked by path, and no string is the path of those that are not UTF-8.
    #expect(try snapshot.history(of: paths).count == names.count - 3)
  }

  @Test func `an older key comes back beside its twin, and is found`() throws {
    let world = try World()
    try world.store("UK/openai", BaseCase.old, serial: 1)
    try shell(world, #"mkdir $'vault/U\xe2\x84\xaa'; cp vault/UK/* $'vault/U\xe2\x84\xaa'"#)
    try world.store("UK/openai", BaseCase.new, serial: 2)
    try world.commit()
    try shell(world, #"mv $'vault/U\xe2\x84\xaa'/* vault/UK; rmdir $'vault/U\xe2\x84\xaa'"#)
    #expect(try errors(world, base: "main").contains("rolled-back vault/UK/openai.yaml"))
  }

  @Test func `the history of a twin is not that of the entry`() throws {
    let world = try World()
    try world.store("UK/openai", BaseCase.old, serial: 1)
    try shell(world, #"mkdir $'vault/U\xe2\x84\xaa'; cp vault/UK/* $'vault/U\xe2\x84\xaa'"#)
    try world.commit()
    let history = try VaultHistory(of: world.repository)
    let committed = history.states.filter { $0.commit != nil }.map { Name($0.entry) }
    #expect(Set(committed) == ["UK/openai", "U\u{212A}/openai"])
  }

  // MARK: - YAML

  @Test func `only equal bytes are one key of YAML`() throws {
    let text = "\u{E9}: 1\ne\u{301}: 2\nK: 3\n\u{212A}: 4\n"
    let root = try Document(parsing: Array(text.utf8)).root
    #expect(root["\u{E9}"]?.int == 1 && root["e\u{301}"]?.int == 2)
    #expect(root["K"]?.int == 3 && root["\u{212A}"]?.int == 4)
    let many = (0..<40).map { "k\($0): 0\n" }.joined()
    _ = try Document(parsing: Array((many + text).utf8))
    for key in ["\u{E9}", "k7"] {
      #expect(throws: YAMLError.self) {
        try Document(parsing: Array("\(many)\(text)\(key): 9\n".utf8))
      }
    }
    var edited = try Document(parsing: Array(text.utf8))
    try edited.set(["e\u{301}"], to: .int(9))
    #expect(
      String(decoding: edited.bytes, as: UTF8.self).utf8.elementsEqual(
        "\u{E9}: 1\ne\u{301}: 9\nK: 3\n\u{212A}: 4\n".utf8))
  }

  @Test(arguments: ["U\u{212A}: {}", "caf\u{E9}: {}", "cafe\u{301}: {}"])
  func `an environment of another alphabet is an error`(declared: String) throws {
    let world = try World("environments:\n  UK: {require: [openai]}\n  \(declared)\n")
    #expect(try errors(world) == ["bad-format keyvault.yaml"])
    #expect(failure { _ = try world.repository }?.kind == .malformed)
  }

  @Test func `a variable is chosen by its bytes`() {
    #expect(VariableName.objection(to: "OPENAI_API_KEY") == nil)
    #expect(VariableName.objection(to: "OPENAI_API_\u{212A}EY") != nil)
    let names: Set<Name> = ["OPENAI_API_KEY"]
    #expect(!names.contains("OPENAI_API_\u{212A}EY") && names.contains("OPENAI_API_KEY"))
  }
}
