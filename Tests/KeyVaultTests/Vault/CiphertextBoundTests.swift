import Naming
import TestSupport
import Testing

@testable import KeyVault

/// What is kept in memory of an environment's ciphertexts.
@Suite(.oneAtATime)
struct CiphertextBoundTests {
  @Test func `of very many ciphertexts the digests are known, and few are kept`() throws {
    let world = try World()
    let large = [UInt8](repeating: 7, count: Limits.ciphertext)
    for number in 0..<40 { try world.scratch.write(large, to: "vault/p/k\(number).gpg") }
    for number in 0..<5 { try world.write("\(number)", to: "vault/q/k\(number).gpg") }
    let vault = world.repositoryVault
    let found = try vault.ciphertexts(of: Set(names: ["p", "q"]))
    #expect(found.digests.count == 45)
    #expect(found.digests[try EntryName("p/k0")] == Vault.digest(large))
    let bytes = found.kept.values.reduce(0) { $0 + $1.bytes.count }
    #expect(bytes <= Limits.ciphertexts && found.kept.count < 45)
    let few = try vault.ciphertexts(of: Set(names: ["q"]))
    #expect(few.kept.count == 5)
    #expect(few.kept.allSatisfy { $0.value.digest == few.digests[$0.key] })
  }
}
