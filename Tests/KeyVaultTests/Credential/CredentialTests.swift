import GPG
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// What a credential lends and sends, and what decides about it before that.
@Suite(.oneAtATime)
struct CredentialTests {
  @Test func `a request has the body, the provider's headers and the header of its kind of key`()
    async throws
  {
    let setting = try CredentialCase()
    let definition = "providers.d/abe.yaml"
    try setting.world.write(
      setting.world.scratch.text(definition).replacing(
        "key: {env: [ABE_API_KEY]}",
        with: """
          headers: {x-version: "7"}
          key:
            env: [ABE_API_KEY]
            formats: [{name: abe, prefix: abe-, chars: A-Za-z, length: 24..40, auth: {header: x-api-key, value: "{key}"}}]
            fields: [{name: project, header: x-project}]
          """), to: definition)
    try setting.world.store(
      "p/abe", "abe-NotARealKeyNotARealKey", fields: [("project", "fake-project")])
    let field = Locked<String?>(nil)
    _ = try await setting.credentials().served { credential in
      field.change { $0 = credential.withField("project") { $0.text } }
      let region = credential.withField("region") { $0.byteCount }
      #expect(region == nil)
      _ = try await credential.send("POST", "/chat", json: Array(#"{"a": 1}"#.utf8))
      _ = try await credential.send("GET", "/models")
    }
    #expect(field.value == "fake-project")
    let requests = setting.stub.requests
    try #require(requests.map(\.path) == ["/abe/chat", "/abe/models"])
    for request in requests {
      #expect(request.header("X-Version") == "7" && request.header("X-Project") == "fake-project")
      #expect(request.header("X-Api-Key") == "abe-NotARealKeyNotARealKey")
      #expect(request.header("Authorization") == nil)
      #expect(request.header("Accept") == "application/json")
    }
    #expect(requests.map { $0.header("Content-Type") } == ["application/json", nil])
    #expect(requests.map { String(decoding: $0.body, as: UTF8.self) } == [#"{"a": 1}"#, ""])
  }

  @Test func `what is paid for is not sent again on a new connection`() async throws {
    let setting = try CredentialCase(
      abe: #"{"sequence": [{"status": 200}, {"status": 200, "reset": true}]}"#)
    let entry = try await setting.credentials().served { credential in
      _ = try await credential.send("GET", "/models")
      // The connection is still open, and breaks now.
      _ = try await credential.send("POST", "/chat")
    }
    #expect(entry == "p/bea")
    #expect(setting.stub.requests.count { $0.path == "/abe/chat" } == 1)
  }

  @Test func `an answer that takes too long has the next provider asked`() async throws {
    let setting = try CredentialCase(abe: #"{"status": 200, "delay_ms": 60000}"#)
    let entry = try await setting.credentials().served {
      _ = try await $0.send("POST", "/chat", timeout: .seconds(3))
    }
    #expect(entry == "p/bea" && setting.skips.value.map(\.verdict) == [.unreachable])
  }

  @Test func `a path that would make another host of the address is not asked for`() async throws {
    let setting = try CredentialCase()
    await #expect(throws: NoCredential.self) {
      try await setting.credentials().served { _ = try await $0.send("GET", "chat") }
    }
    #expect(
      setting.skips.value.map(\.reason) == .init(repeating: "a path begins with '/'", count: 2))
    #expect(setting.stub.requests.isEmpty)
  }

  @Test func `the environment's gateway stands between, for requests and for questions`()
    async throws
  {
    let setting = try CredentialCase()
    let world = setting.world
    for id in ["abe", "bea"] {
      let definition = "providers.d/\(id).yaml"
      try world.write(
        world.scratch.text(definition)
          .replacing("\(setting.stub.base)/\(id)", with: "https://api.example.com"), to: definition)
    }
    // One is inherited, from where no gateway is said.
    try world.repositoryVault.remove(EntryName("p/abe"))
    try world.store("shared/abe", "abe-NotARealKeyNotARealKey")
    try world.configure(
      "environments: {p: {inherit: [shared], gateway: \"\(setting.stub.gateway)\"}}\n"
        + "preferences: {text-generation: [abe]}\n")
    let credentials = try setting.credentials()
    let results = try await credentials.refresh("p")
    #expect(results.map(\.verdict) == [.valid, .valid])
    let entry = try await credentials.served {
      #expect($0.baseURL == "\(setting.stub.base)/abe")
      _ = try await $0.send("POST", "/chat")
    }
    #expect(entry == "shared/abe" && setting.stub.requests.last?.path == "/abe/chat")
  }

  @Test func `a ciphertext that was changed is not served from memory`() async throws {
    let setting = try CredentialCase()
    let credentials = try setting.credentials()
    #expect(try await credentials.served() == "p/abe")
    try setting.world.encrypt("abe-AnotherFakeKeyAnotherFakeKey", to: "p/abe")
    #expect(try await credentials.served() == "p/bea")
    #expect(setting.skips.value.map(\.cause) == [.broken])
  }

  @Test func `what is passed over unopened is reported too`() async throws {
    let setting = try CredentialCase()
    try setting.world.repository.vault.setFields([("disabled", "true")], of: EntryName("p/abe"))
    #expect(try await setting.credentials().served() == "p/bea")
    #expect(setting.skips.value.map(\.entry) == ["p/abe"])
    #expect(setting.skips.value.map(\.cause) == [.disabled])
  }

  @Test func `a key is not lent to a definition that changes how a built-in provider is asked`()
    async throws
  {
    let setting = try CredentialCase()
    let world = setting.world
    try world.write(
      Acme(at: "https://api.openai.com/v1").text.replacing("acme", with: "openai")
        .replacing("[search]", with: "[text-generation]")
        .replacing("header: Authorization", with: "header: X-Log"), to: "providers.d/openai.yaml")
    try world.store("p/openai", World.openAI)
    try world.configure("preferences: {text-generation: [openai]}\n")
    #expect(try await setting.credentials().served() == "p/abe")
    #expect(setting.skips.value.map(\.cause) == [.broken])
    #expect(
      setting.skips.value.first?.reason.hasPrefix(
        "nothing was sent: providers.d/openai.yaml changes ") == true, "\(setting.skips.value)")
  }

  @Test func `where signatures are required, a key is served that is signed, and no other`()
    async throws
  {
    let setting = try CredentialCase()
    let world = setting.world
    try world.sign()
    try world.signRecipients()
    try world.store("p/bea", "bea-NotARealKeyNotARealKey")
    let credentials = try setting.credentials()
    // It is signed once, and asked for twice.
    for _ in 0..<2 { #expect(try await credentials.served() == "p/bea") }
    #expect(setting.skips.value.map(\.entry) == ["p/abe", "p/abe"])
    #expect(setting.skips.value.map(\.cause) == [.broken, .broken])
  }

  @Test func `a task that is cancelled tries no further key`() async throws {
    let setting = try CredentialCase(abe: #"{"status": 429}"#)
    let credentials = try setting.credentials()
    let entries = Locked<[String]>([])
    let task = Task {
      try await credentials.withCredential(for: .textGeneration, in: "p") { credential in
        entries.change { $0.append(credential.entry) }
        withUnsafeCurrentTask { $0?.cancel() }
        throw Refusal(.providerError)
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(entries.value == ["p/abe"])
  }
}
