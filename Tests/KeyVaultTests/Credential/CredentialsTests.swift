import GPG
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

@Suite(.oneAtATime)
struct CredentialsTests {
  @Test func `a request carries the key, and its answer comes back`() async throws {
    let setting = try CredentialCase(abe: #"{"status": 200, "body": {"text": "hello"}}"#)
    let answer = try await setting.credentials()
      .withCredential(for: .textGeneration, in: "p") { credential in
        #expect(credential.entry == "p/abe" && credential.baseURL == "\(setting.stub.base)/abe")
        #expect(credential.withKey { $0.byteCount } == "abe-NotARealKeyNotARealKey".utf8.count)
        return try await credential.send("POST", "/chat", json: Array("{}".utf8))
      }
    #expect(answer.status == 200 && answer.header("Content-Type") == "application/json")
    #expect(String(decoding: answer.body, as: UTF8.self) == #"{"text":"hello"}"#)
    let request = try #require(setting.stub.requests.first)
    #expect(request.path == "/abe/chat" && request.method == "POST")
    #expect(request.header("Authorization") == "Bearer abe-NotARealKeyNotARealKey")
    #expect(setting.skips.value.isEmpty)
  }

  @Test(
    arguments: [
      (#"{"status": 429, "headers": {"retry-after": "7"}}"#, Verdict.rateLimited, "HTTP 429"),
      (#"{"status": 503}"#, .providerError, "HTTP 503"),
      (#"{"status": 200, "reset": true}"#, .unreachable, "closed the connection"),
    ])
  func `a provider that is busy, fails or is away has the next one tried`(
    answer: String, verdict: Verdict, reason: String
  ) async throws {
    let setting = try CredentialCase(abe: answer)
    let served = try await setting.credentials()
      .withCredential(for: .textGeneration, in: "p") { credential in
        _ = try await credential.send("POST", "/chat")
        return credential.entry
      }
    #expect(served == "p/bea")
    #expect(setting.skips.value.map(\.entry) == ["p/abe"])
    #expect(setting.skips.value.first?.verdict == verdict)
    #expect(setting.skips.value.first?.reason.contains(reason) == true, "\(setting.skips.value)")
    // A request that may be paid for was sent once.
    #expect(setting.stub.requests.count { $0.path == "/abe/chat" } == 1)
  }

  @Test func `a key that is not accepted is asked about, and then passed over`() async throws {
    let setting = try CredentialCase(abe: Acme.invalid)
    let state = try LocalState(
      of: setting.world.repository, stateHome: setting.world.scratch.folder + "-state")
    let history = History(state)
    let credentials = try setting.credentials(history: history)
    func serve() async throws -> String {
      try await credentials.withCredential(for: .textGeneration, in: "p") { credential in
        _ = try await credential.send("POST", "/chat")
        return credential.entry
      }
    }
    #expect(try await serve() == "p/bea")
    #expect(setting.stub.requests.map(\.path) == ["/abe/chat", "/abe/models", "/bea/chat"])
    #expect(setting.skips.value.first?.verdict == .invalid)
    #expect(setting.skips.value.first?.cause == .unusable)
    let past = history.past(now: World.now)
    #expect(past.records.map(\.verdict) == [.invalid])
    #expect(try await serve() == "p/bea")
    #expect(setting.stub.requests.count { $0.path.hasPrefix("/abe") } == 2)
  }

  @Test func `a status alone does not condemn a key that its provider accepts`() async throws {
    let setting = try CredentialCase(
      abe: #"{"sequence": [{"status": 403}, {"status": 200, "body": {"ok": true}}]}"#)
    let credentials = try setting.credentials()
    let entries = Locked<[String]>([])
    for _ in 0..<2 {
      let entry = try await credentials.withCredential(for: .textGeneration, in: "p") {
        _ = try await $0.send("POST", "/chat")
        return $0.entry
      }
      entries.change { $0.append(entry) }
    }
    #expect(entries.value == ["p/bea", "p/abe"])
  }

  @Test func `other errors are passed on, and no other key is used`() async throws {
    struct Mistake: Error {}
    let setting = try CredentialCase(abe: CredentialCase.accepted)
    let used = Locked<[String]>([])
    await #expect(throws: Mistake.self) {
      try await setting.credentials().withCredential(for: .textGeneration, in: "p") { credential in
        used.change { $0.append(credential.entry) }
        throw Mistake()
      }
    }
    #expect(used.value == ["p/abe"])
  }

  @Test func `where none serves, it is said why of each, without a part of a key`() async throws {
    let setting = try CredentialCase(abe: #"{"status": 429}"#, bea: #"{"status": 500}"#)
    do {
      try await setting.credentials().withCredential(for: .textGeneration, in: "p") {
        _ = try await $0.send("POST", "/chat")
      }
      Issue.record("something served")
    } catch let none as NoCredential {
      #expect(none.skipped.map(\.verdict) == [.rateLimited, .providerError])
      #expect(
        none.description
          == "no key of 'p' serves text-generation: p/abe (rate_limited: HTTP 429); "
          + "p/bea (provider_error: HTTP 500)")
    }
    do {
      try await setting.credentials(as: .bob).withCredential(for: .textGeneration, in: "p") { _ in }
    } catch let none as NoCredential {
      #expect(none.skipped.map(\.cause) == [.locked, .locked])
    }
  }

  @Test func `a key is opened once, and again when it was replaced or its sidecar changed`()
    async throws
  {
    let setting = try CredentialCase(abe: CredentialCase.accepted)
    let credentials = try setting.credentials()
    func key() async throws -> (OpenedEntry, String) {
      try await credentials.withCredential(for: .textGeneration, in: "p") {
        ($0.opened, $0.withKey { $0.text })
      }
    }
    let first = try await key()
    #expect(try await key().0 === first.0)
    let vault = try setting.world.repository.vault
    try vault.setFields([("description", "x")], of: EntryName("p/abe"))
    #expect(try await key().0 !== first.0)
    try setting.world.store("p/abe", "abe-AnotherFakeKeyAnotherFakeKey", serial: 2)
    #expect(try await key().1 == "abe-AnotherFakeKeyAnotherFakeKey")
    try vault.setFields([("disabled", "true")], of: EntryName("p/abe"))
    #expect(try await key().1 == "bea-NotARealKeyNotARealKey")
  }

  @Test func `a key goes nowhere that only the repository's text names`() async throws {
    let world = try World()
    try world.addText("abe", at: "https://evil.example.com")
    try world.write(
      """
      id: openai
      name: OpenAI
      description: not the real one
      capabilities: [text-generation]
      base_url: https://evil.example.com
      auth: {header: Authorization, value: "Bearer {key}"}
      key: {env: [OPENAI_API_KEY]}
      probe: {request: GET /models, rules: [{status: 200, body: {/ok: true}, verdict: valid}]}

      """, to: "providers.d/openai.yaml")
    try world.store("p/openai", World.openAI)
    Trap.shared.arm()
    let credentials = try Credentials(of: world.repository, gpg: Keyring.alice.gpg)
    do {
      _ = try await credentials.withCredential(for: .textGeneration, in: "p") { credential in
        Issue.record("lent: \(credential.entry)")
      }
    } catch let none as NoCredential {
      #expect(none.skipped.map(\.cause) == [.broken, .broken])
      #expect(none.skipped.allSatisfy { $0.reason.hasPrefix("nothing was sent: ") })
    }
    #expect(Trap.shared.connections(to: "evil.example.com") == 0)
  }

  @Test func `refreshing asks about every key of the environment`() async throws {
    let setting = try CredentialCase(abe: Acme.invalid, bea: Acme.valid)
    let credentials = try setting.credentials()
    let results = try await credentials.refresh("p")
    #expect(results.map(\.verdict) == [.invalid, .valid])
    let entry = try await credentials.withCredential(for: .textGeneration, in: "p") { $0.entry }
    #expect(entry == "p/bea")
  }

  @Test(
    arguments: [
      (200, nil), (400, nil), (404, nil), (401, .unusableKey), (402, .unusableKey),
      (403, .unusableKey), (429, .rateLimited(retryAfter: nil)), (500, .providerError),
      (529, .providerError),
    ] as [(Int, Refusal.Reason?)])
  func `a status says whether another provider is to be tried`(
    status: Int, reason: Refusal.Reason?
  ) {
    #expect(Refusal(status: status)?.reason == reason)
  }
}
