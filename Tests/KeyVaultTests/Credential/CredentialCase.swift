import GPG
import ProviderStub

@testable import KeyVault

/// Two providers of text, `abe` and `bea`, behind a stand-in; each gives the answer that the test
/// sets.
struct CredentialCase {
  static let accepted = #"{"status": 200, "body": {"ok": true}}"#

  let world: World
  let stub: Stub
  let skips = Locked<[Skip]>([])

  init(abe: String = Self.accepted, bea: String = Self.accepted) throws {
    stub = try Stub(
      ["abe/is": abe, "bea/is": bea],
      keys: [
        "abe": ["abe-NotARealKeyNotARealKey": "is"], "bea": ["bea-NotARealKeyNotARealKey": "is"],
      ])
    world = try World()
    for id in ["abe", "bea"] { try world.addText(id, at: "\(stub.base)/\(id)") }
  }

  func credentials(
    history: History? = nil, policy: OriginPolicy? = nil, as keyring: Keyring = .alice
  ) throws -> Credentials {
    Trap.shared.arm()
    let repository = try world.repository
    return try Credentials(
      of: repository, gpg: keyring.gpg, policy: policy ?? .standIns(of: repository),
      history: history, clock: { World.now },
      tell: { [skips] skip in skips.change { $0.append(skip) } })
  }
}

extension Credentials {
  /// The entry that serves text, with whatever it is sent.
  func served(
    in environment: String = "p",
    _ send: @escaping @Sendable (Credential) async throws -> Void = { _ in }
  ) async throws -> String {
    try await withCredential(for: .textGeneration, in: environment) { credential in
      try await send(credential)
      return credential.entry
    }
  }
}
