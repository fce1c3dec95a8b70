import GPG
import Secrets

@testable import KeyVault

/// The front end of a person who hands over keys: records what it hears and is asked, and answers as a test says.
final class KeyListener: FrontEnd {
  private let consent: Bool?
  private let provider: String?
  private let heard = Locked<[Notice]>([])
  private let questions = Locked<[Consent]>([])
  private let handed = Locked<[String]>([])
  /// What the person's machine remembers.
  let stateHome = leftovers.newPath()

  /// `consent` answers every question, nil where there is no person; `provider` names whose key a variable is.
  init(consent: Bool? = nil, provider: String? = nil) {
    self.consent = consent
    self.provider = provider
  }

  /// The code of each notice, in the order in which they came.
  var codes: [String] { heard.value.map(\.code.rawValue) }
  var text: String {
    heard.value.map { ([$0.message] + $0.hints).joined(separator: "\n") }.joined()
  }
  var asked: [Consent] { questions.value }
  /// The providers of which a key was asked for.
  var keysOf: [String] { handed.value }

  func tell(_ notice: Notice) { heard.change { $0.append(notice) } }

  func consents(to consent: Consent) -> Bool? {
    questions.change { $0.append(consent) }
    return self.consent
  }

  func provider(of variable: ImportPlan.Ambiguity, among ids: [String]) -> String? { provider }

  /// Hands over a key.
  func hand(_ key: String) -> @Sendable (Provider) -> Secret {
    { provider in
      self.handed.change { $0.append(provider.id) }
      return Secret(utf8: key)
    }
  }

  /// The repository of `world` as this person works in it. Without `policy` the stand-ins are allowed.
  func workspace(_ world: World, policy: OriginPolicy? = nil) throws -> Workspace {
    Trap.shared.arm()
    let policy = try policy ?? .standIns(of: world.repository)
    let host = Host(
      stateHome: stateHome, remembers: true, gpg: { Keyring.alice.gpg },
      program: { _ in Keyring.gpgProgram }, now: { World.now })
    return try host.workspace(
      at: world.scratch.folder,
      with: Host.Permissions(trust: world.signing.value?.trust ?? .none, origins: { policy }),
      for: self)
  }
}

/// A stand-in for OpenAI with the answer to each key, and a world whose environment `p` asks it.
struct OpenAIWorld {
  static func key(_ number: Int) -> String { "sk-proj-NotARealKeyNotARealKey000\(number)" }

  private static let answers = [
    "openai/valid": #"{"body": {"object": "list", "data": []}}"#,
    "openai/invalid": #"{"status": 401, "body": {"error": {"code": "invalid_api_key"}}}"#,
    "openai/no_credit": #"{"status": 429, "body": {"error": {"code": "insufficient_quota"}}}"#,
    "openai/unclear": #"{"status": 500, "body": {}}"#,
  ]

  let stub: Stub
  let world: World

  /// Keys by number; what is not named is invalid.
  init(_ verdicts: [Int: String], recipients: [Keyring] = [.alice]) throws {
    let keys = verdicts.map { (Self.key($0.key), $0.value) }
    stub = try Stub(Self.answers, keys: ["openai": Dictionary(uniqueKeysWithValues: keys)])
    world = try World(
      "environments: {p: {gateway: \"\(stub.gateway)\"}}\n", recipients: recipients)
  }

  /// Marks the key of an entry as one that Bob could read.
  func expose(_ entry: String = "p/openai") throws {
    let sidecar = "vault/\(entry).yaml"
    try world.write(
      world.scratch.text(sidecar)
        + "exposed: {to: \"\(Keyring.bob.fingerprint)\", since: 2026-11-20}\n", to: sidecar)
  }
}

/// The failure of an action; nil if it does not fail.
func refusal(_ body: () async throws -> Void) async throws -> Failure? {
  do {
    try await body()
    return nil
  } catch let failure as Failure {
    return failure
  }
}
