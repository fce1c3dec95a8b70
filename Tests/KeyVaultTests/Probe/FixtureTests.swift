import Foundation
import HTTP
import Naming
import ProviderStub
import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// The recorded answers of every provider of the catalogue.
struct FixtureTests {
  /// One repository for all: each fixture has an environment whose gateway gives its answer.
  private final class Replay: Sendable {
    static let shared = Replay()

    let server = try! StubServer(answers: Fixture.folder)
    let repository: Repository
    /// Asks once; asks for the quota too.
    let once: Prober
    let twice: Prober
    private let world: World

    private init() {
      let port = server.port
      let environments = Fixture.all.map { fixture in
        let url = "http://127.0.0.1:\(port)/{provider}@\(fixture.name)"
        return "  replay/\(fixture.provider)/\(fixture.name): {gateway: \"\(url)\"}\n"
      }
      world = try! World("environments:\n" + environments.joined())
      repository = try! world.repository
      once = try! Self.prober(for: repository, asksQuota: false)
      twice = try! Self.prober(for: repository, asksQuota: true)
    }

    private static func prober(for repository: Repository, asksQuota: Bool) throws -> Prober {
      var options = Prober.Options()
      options.patience = Patience(retries: 0)
      options.asksQuota = asksQuota
      return Prober(
        client: try .forTests(), catalogue: repository.catalogue,
        policy: try .standIns(of: repository), options: options)
    }
  }

  /// A key of a provider's format (the first unless named) that is obviously none of a person.
  private static func key(of provider: Provider, format name: String?) throws -> String {
    let format = try #require(
      name == nil
        ? provider.definitions.first?.format : provider.formats.first { $0.name == name })
    let length = min(format.length.upperBound, max(format.length.lowerBound, 48))
    let filler = String(repeating: "NotARealKey0", count: 8)
    return String((format.prefix + filler).prefix(length))
  }

  @Test(arguments: Fixture.all)
  func `a recorded answer gives its verdict over HTTP`(fixture: Fixture) async throws {
    let replay = Replay.shared
    let provider = try #require(try replay.repository.catalogue.provider(fixture.provider))
    let key = try Self.key(of: provider, format: fixture.format)
    let new = NewKey(
      entry: try EntryName("replay/\(fixture.provider)/\(fixture.name)/key"),
      provider: provider.id, key: Secret(utf8: key),
      fields: fixture.fields.map { ($0.key.text, $0.value) }, hosts: [], serial: 1)
    let prober = fixture.hasQuota ? replay.twice : replay.once
    let result = try await prober.test(new, in: replay.repository, now: World.now)
    #expect(result.verdict.rawValue == fixture.verdict, "\(result)")
    if let credit = fixture.credit { #expect(result.credit.rawValue == credit, "\(result)") }
    if let facts = fixture.facts { #expect(result.facts == facts) }
    #expect((result.quota != nil) == (fixture.hasQuota && result.works != .no), "\(result)")
    #expect(result.word == result.verdict.word)
    if result.verdict != .unreachable { #expect(result.http == fixture.status) }
    if result.rule == nil {
      #expect(result.word == .unclear, "no built-in rule says whether a key is good")
    }
    let shown = try json(result)
    #expect(!shown.contains(key.suffix(12)))
  }

  @Test(arguments: BuiltIn.ids)
  func `there is a good and a bad answer of every provider that is asked`(id: String) {
    let own = Fixture.recorded.filter { $0.provider == id }
    guard Fixture.isAsked(id) else {
      #expect(Fixture.names(in: id).isEmpty, "nothing is asked, so nothing can be recorded")
      return
    }
    #expect(Set(own.map(\.verdict)).isSuperset(of: ["valid", "invalid"]))
    #expect(own.contains { $0.name.hasPrefix("missing") })
    let definition = BuiltIn.provider(id)
    #expect(definition?.quota == nil || own.contains(where: \.hasQuota))
  }

  /// Every definition of the catalogue, those of single formats too.
  private static let definitions: [(name: String, definition: ProbeDefinition)] =
    BuiltIn.ids.flatMap { id in
      let provider = BuiltIn.provider(id)!
      return provider.definitions.map { ("\(id)/\($0.format?.name ?? "")", $0.definition) }
        + (provider.quota.map { [("\(id)/quota", $0)] } ?? [])
    }

  private static func answer(
    _ status: Int, _ headers: [Name: String] = [:], _ body: [UInt8]
  ) -> ProbeAnswer {
    ProbeAnswer(
      HTTPAnswer(
        status: status, headers: headers.map { HTTPHeader(name: $0.key.text, value: $0.value) },
        body: body, isBodyTruncated: false,
        timing: .init(nameLookup: 0, connect: 0, tls: 0, firstByte: 0, total: 0), version: "1.1"))
  }

  private static let refusals = Fixture.all.filter { fixture in
    // A list that is public at one provider may be the proof at another, so only refusals count.
    ["invalid", "revoked"].contains(fixture.verdict)
      || fixture.verdict == "unknown" && fixture.status >= 400
  }

  @Test(.oneAtATime, arguments: refusals)
  func `a refused key is valid by no provider's rules`(fixture: Fixture) throws {
    let body = try #require(fixture.body)
    let answer = Self.answer(fixture.status, fixture.headers, body)
    for (name, definition) in Self.definitions {
      let verdict = definition.judge(answer).verdict
      #expect(verdict.word != .valid, "\(name) says \(verdict)")
    }
  }

  @Test(
    .oneAtATime,
    arguments: [
      "", "{}", "[]", "null", "true", "1", "\"ok\"", "{\"ok\":true}", "{\"data\":{}}",
      "{\"data\":null}", "{\"object\":\"list\"}", "{\"error\":{}}", "{\"data\":\"[]\"}", "OK",
      "<html>",
      "<!doctype html><title>Welcome</title>", "{\"object\":\"list\",\"data\":[",
    ])
  func `an answer that says nothing is never valid`(body: String) {
    for status in [200, 204, 302, 400, 401, 403, 404, 429, 500] {
      for type in ["application/json", "text/plain"] {
        let answer = Self.answer(status, ["content-type": type], Array(body.utf8))
        for (name, definition) in Self.definitions {
          let verdict = definition.judge(answer).verdict
          #expect(verdict.word != .valid, "\(name): \(status) \(type) gives \(verdict)")
        }
      }
    }
  }

  @Test func `a good answer as a page of HTML is not a good answer`() throws {
    for fixture in Fixture.all where fixture.verdict == "valid" {
      let body = try #require(fixture.body)
      let answer = Self.answer(fixture.status, ["Content-Type": "text/html"], body)
      for (name, definition) in Self.definitions {
        #expect(definition.judge(answer).verdict == .blocked, "\(name), \(fixture.name)")
      }
    }
  }
}
