import HTTP
import TestSupport
import Testing

@testable import KeyVault

/// Where a new key may travel before any request is made.
@Suite(.oneAtATime)
struct DestinationsTests {
  /// A provider that only the repository defines, of whose three origins one is asked for no proof.
  private func acme(_ base: String = "https://api.acme.example/v1") throws -> Provider {
    let world = try World()
    var acme = Acme(at: base)
    acme.request = "GET https://probe.acme.example/models"
    acme.more = "hosts: [files.acme.example]"
    try world.write(acme.text, to: "providers.d/acme.yaml")
    return try #require(try world.repository.catalogue.provider("acme"))
  }

  private func permissions(_ destinations: Destinations) -> [String] {
    destinations.questions.map(\.origin.permission)
  }

  @Test func `a built-in provider needs no consent`() throws {
    let openAI = try #require(BuiltIn.provider("openai"))
    let destinations = OriginPolicy.nothingAllowed.destinations(of: openAI, gateway: nil)
    #expect(destinations.hosts == ["api.openai.com"])
    #expect(destinations.questions.isEmpty && !destinations.isBarred)
    #expect(destinations.objection == nil)
  }

  @Test func `each host that only the repository names is a question`() throws {
    let provider = try acme()
    var destinations = OriginPolicy.nothingAllowed.destinations(of: provider, gateway: nil)
    #expect(destinations.hosts == [])
    #expect(
      permissions(destinations) == ["api.acme.example", "files.acme.example", "probe.acme.example"])
    #expect(destinations.isBarred)
    #expect(
      destinations.objection?.hints == [
        "allow it: KEYVAULT_ALLOW_HOSTS=api.acme.example,files.acme.example,probe.acme.example"
      ])
    #expect(
      destinations.questions[0].text()
        == "send this key to 'api.acme.example', which only providers.d/acme.yaml names?")
    for question in destinations.questions where question.isAsked {
      destinations.consent(to: question)
    }
    // A host to which no test sends the key bars none.
    #expect(!destinations.isBarred)
    #expect(destinations.hosts == ["api.acme.example", "probe.acme.example"])
    #expect(permissions(destinations) == ["files.acme.example"])
  }

  @Test func `what is allowed outside goes into the payload, and what the old key had stays`()
    throws
  {
    let provider = try acme()
    let policy = try OriginPolicy(parsing: "api.acme.example")
    let destinations = policy.destinations(
      of: provider, keeping: ["probe.acme.example", "old.acme.example"], gateway: nil)
    #expect(
      destinations.hosts == ["api.acme.example", "old.acme.example", "probe.acme.example"])
    #expect(permissions(destinations) == ["files.acme.example"])
    #expect(!destinations.isBarred)
  }

  @Test(arguments: [
    "http://10.254.9.9:8000", "http://127.0.0.1:8000", "https://127.0.0.1:8443", "http://[::1]:1",
    "https://localhost", "https://0.0.0.0:8443", "https://[::ffff:127.0.0.1]", "http://a.example",
  ])
  func `no answer and no payload allows plain HTTP or loopback`(base: String) throws {
    var acme = Acme(at: base)
    acme.more = ""
    let world = try World()
    try world.write(acme.text, to: "providers.d/acme.yaml")
    let provider = try #require(try world.repository.catalogue.provider("acme"))
    let origin = try WebURL(base).origin
    for old in [[], [origin.permission], [String(origin.permission.split(separator: "/").last!)]] {
      let destinations = OriginPolicy.nothingAllowed.destinations(
        of: provider, keeping: old, gateway: nil)
      #expect(destinations.isBarred)
      #expect(destinations.questions.map(\.isAnswerable) == [false], "\(old)")
    }
    let policy = try OriginPolicy(
      parsing: origin.permission.contains("://") ? origin.permission : base)
    let allowed = policy.destinations(of: provider, gateway: nil)
    // It is allowed on this machine, and so it is not written down for others.
    #expect(!allowed.isBarred && allowed.hosts == [] && allowed.objection == nil)
  }

  @Test(arguments: [
    ("https://gateway.example/{provider}", true, true),
    ("http://gateway.example/{provider}", true, false),
    ("http://127.0.0.1:8971", true, false), ("https://api.openai.com/x/{provider}", false, true),
  ])
  func `a gateway of the repository is a question too`(
    gateway: String, isBarred: Bool, isAnswerable: Bool
  ) throws {
    let openAI = try #require(BuiltIn.provider("openai"))
    var destinations = OriginPolicy.nothingAllowed.destinations(of: openAI, gateway: gateway)
    #expect(destinations.isBarred == isBarred)
    #expect(destinations.questions.allSatisfy { $0.isAnswerable == isAnswerable })
    #expect(destinations.hosts == ["api.openai.com"])
    guard isBarred, isAnswerable else { return }
    destinations.consent(to: destinations.questions[0])
    #expect(destinations.hosts == ["api.openai.com", "gateway.example"])
    #expect(!destinations.isBarred)
  }

  @Test func `behind a gateway that is allowed the provider's own host is asked for no proof`()
    throws
  {
    let provider = try acme()
    let policy = try OriginPolicy(parsing: "gateway.example")
    let destinations = policy.destinations(of: provider, gateway: "https://gateway.example")
    #expect(!destinations.isBarred && destinations.questions.count == 3)
  }

  @Test func `no answer makes an override of a built-in provider trusted`() throws {
    let world = try World()
    try FindingCase.mistral("capabilities:", "hosts: [evil.example]\ncapabilities:")(world)
    let mistral = try #require(try world.repository.catalogue.provider("mistral"))
    let destinations = OriginPolicy.nothingAllowed.destinations(
      of: mistral, keeping: ["evil.example"], gateway: nil)
    #expect(destinations.isBarred && destinations.questions.isEmpty)
    #expect(
      destinations.objection?.hints
        == ["allow its hosts: KEYVAULT_ALLOW_HOSTS=api.mistral.ai,evil.example"])
  }
}
