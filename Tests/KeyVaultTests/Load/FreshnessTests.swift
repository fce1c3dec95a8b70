import Testing
import YAML

@testable import KeyVault

struct FreshnessTests {
  private func sidecar(_ fields: String) throws -> Sidecar {
    let text =
      "id: 01JD00000000\ndigest: sha256:\(String(repeating: "0", count: 64))\nserial: 1\n" + fields
    return Sidecar(try CheckedDocument.read(Array(text.utf8), as: .entry, file: "x").get())
  }

  private static let made = "created: 2026-01-01T12:00:00Z\n"

  @Test(arguments: [
    // A policy of 90 days ends on 2026-04-01T12:00:00Z; its warning begins 14 days before.
    (made, "2026-01-01T12:00:00Z", Freshness.fresh),
    (made, "2026-03-18T11:59:59Z", .fresh),
    (made, "2026-03-18T12:00:00Z", .due(by: "2026-04-01")),
    (made, "2026-04-01T11:59:59Z", .due(by: "2026-04-01")),
    (made, "2026-04-01T12:00:00Z", .overdue(since: "2026-04-01")),
    (made, "2036-01-01T00:00:00Z", .overdue(since: "2026-04-01")),
    (made + "rotated: 2026-03-01T00:00:00Z\n", "2026-04-02T00:00:00Z", .fresh),
    (made + "expires: 2026-02-01\n", "2026-01-17T23:59:59Z", .fresh),
    (made + "expires: 2026-02-01\n", "2026-01-18T00:00:00Z", .due(by: "2026-02-01")),
    (made + "expires: 2026-02-01\n", "2026-02-01T23:59:59Z", .due(by: "2026-02-01")),
    (made + "expires: 2026-02-01\n", "2026-02-02T00:00:00Z", .expired(on: "2026-02-01")),
    (made + "expires: 2026-12-31\n", "2026-03-20T00:00:00Z", .due(by: "2026-04-01")),
    (made + "expires: 2026-12-31\n", "2026-05-01T00:00:00Z", .overdue(since: "2026-04-01")),
    (made + "expires: 2026-03-01\n", "2026-05-01T00:00:00Z", .expired(on: "2026-03-01")),
  ])
  func `a key grows old and ends`(fields: String, now: String, freshness: Freshness) throws {
    var policy = Configuration.Policy(nil)
    policy.maxAge = 90
    let now = try #require(Timestamp(now))
    #expect(Freshness(try sidecar(fields), policy: policy, now: now) == freshness)
  }

  @Test func `without a policy only an expiry counts`() throws {
    let policy = Configuration.Policy(nil)
    #expect(Freshness(try sidecar(Self.made), policy: policy, now: World.now) == .unknown)
    #expect(Freshness(nil, policy: policy, now: World.now) == .unknown)
    let expiring = try sidecar(Self.made + "expires: 2026-11-30\n")
    #expect(Freshness(expiring, policy: policy, now: World.now) == .due(by: "2026-11-30"))
  }

  @Test func `the nearest environment above says more than the policy, and the sidecar than both`()
    throws
  {
    let world = try World(
      """
      policy: {rotation: {max_age: 90d, warn: 9d}}
      environments:
        a: {rotation: {max_age: 60d, warn: 6d}}
        a/b: {rotation: {warn: 3d}}
        a/b/c: {description: x}

      """)
    let configuration = try world.repository.configuration
    let own = try sidecar(Self.made + "rotation: {max_age: 1w}\n")
    for (entry, sidecar, age, warn) in [
      ("x/openai", nil, 90, 9), ("openai", nil, 90, 9), ("a/openai", nil, 60, 6),
      ("a/z/openai", nil, 60, 6), ("a/b/openai", nil, 60, 3), ("a/b/c/openai", nil, 60, 3),
      ("ab/openai", nil, 90, 9), ("x/openai", own, 7, 9), ("a/openai", own, 7, 6),
    ] as [(String, Sidecar?, Int, Int)] {
      let policy = configuration.policy(for: try EntryName(entry), sidecar)
      #expect(policy.maxAge == age && policy.warn == warn, "\(entry)")
    }
  }

  @Test(
    arguments: [
      ("{max_age: 90d, warn: 1w}", 90, 7), ("{max_age: 2w}", 14, 14), ("{max_age: 36h}", 2, 14),
      ("{max_age: 1h, warn: 24h}", 1, 1), ("{warn: 3d}", nil, 3), ("{}", nil, 14),
    ] as [(String, Int?, Int)])
  func `a policy is read in days`(rotation: String, age: Int?, warn: Int) throws {
    let world = try World("policy: {rotation: \(rotation)}\n")
    let policy = try world.repository.configuration.policy
    #expect(policy.maxAge == age)
    #expect(policy.warn == warn)
  }

  @Test(arguments: [
    ("2026-11-23T17:45:00Z", "2026-11-23T17:45:00Z"), ("2026-11-23", "2026-11-23T00:00:00Z"),
    ("1970-01-01", "1970-01-01T00:00:00Z"), ("2024-02-29", "2024-02-29T00:00:00Z"),
  ])
  func `a moment is read and written in UTC`(text: String, written: String) throws {
    let moment = try #require(Timestamp(text))
    #expect(moment.text == written)
    #expect(moment.day == text.prefix(10))
    #expect(moment.adding(days: 1).days(since: moment) == 1)
  }

  @Test(arguments: ["", "soon", "2026-13-01", "23.11.2026", "20261123"])
  func `anything else is not a moment`(text: String) {
    #expect(Timestamp(text) == nil)
  }
}
