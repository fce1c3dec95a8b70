import GPG
import Testing

@testable import KeyVault

/// A front end that records what it hears and what it is asked, and answers as a test wants.
final class Listener: FrontEnd {
  private let answer: @Sendable (Consent) -> Bool?
  private let choice: Int?
  private let heard = Locked<[Notice]>([])
  private let questions = Locked<[Consent]>([])
  private let choices = Locked<[Alternatives]>([])

  /// Without arguments, there is no person to ask.
  init(choosing choice: Int? = nil, answer: @escaping @Sendable (Consent) -> Bool? = { _ in nil }) {
    self.choice = choice
    self.answer = answer
  }

  var notices: [Notice] { heard.value }
  /// The code of each notice, in the order in which they came.
  var codes: [String] { notices.map(\.code.rawValue) }
  /// What was asked.
  var asked: [Consent] { questions.value }
  /// What was offered.
  var offered: [Alternatives] { choices.value }

  func tell(_ notice: Notice) { heard.change { $0.append(notice) } }

  func consents(to consent: Consent) -> Bool? {
    questions.change { $0.append(consent) }
    return answer(consent)
  }

  func chooses(among alternatives: Alternatives) -> Int? {
    choices.change { $0.append(alternatives) }
    return self.choice
  }
}

extension World {
  /// A host of a person with that keyring, which remembers in `state`, if that is given.
  static func host(_ keyring: Keyring = .alice, state: String? = nil) -> Host {
    Host(
      stateHome: state, remembers: state != nil, gpg: { keyring.gpg },
      program: { _ in Keyring.gpgProgram }, now: { World.now })
  }

  /// The repository as the front end's person works in it.
  func workspace(
    for listener: Listener = Listener(), as keyring: Keyring = .alice, state: String? = nil
  ) throws -> Workspace {
    try Self.host(keyring, state: state).workspace(
      at: scratch.folder,
      with: Host.Permissions(
        trust: signing.value?.trust ?? .none, origins: { OriginPolicy(allowed: []) }),
      for: listener)
  }

  /// The digest of every file but git's and the lock, to see that nothing changed.
  func files() throws -> String {
    let script =
      "find . \\( -path ./.git -o -path ./.keyvault \\) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum"
    return try run(["/bin/bash", "-c", script], in: scratch.folder).text
  }

  /// Expects that `body` fails with that message, or one that contains it, and that no file changes.
  func expectRefusal(
    _ message: String, _ kind: Failure.Kind? = nil,
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
  ) async throws {
    let before = try files()
    var refusal: Failure?
    do {
      try await body()
    } catch let failure as Failure {
      refusal = failure
    }
    let said = refusal.map { "\($0)" } ?? "no failure"
    #expect(refusal?.message.contains(message) == true, "\(said)", sourceLocation: sourceLocation)
    if let kind { #expect(refusal?.kind == kind, "\(said)", sourceLocation: sourceLocation) }
    #expect(try files() == before, sourceLocation: sourceLocation)
  }
}
