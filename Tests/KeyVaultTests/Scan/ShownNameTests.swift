import Foundation
import Naming
import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// What stands for a name can be a secret: it is shown only where no secret looks like it.
@Suite(.fewAtATime)
struct ShownNameTests {
  @Test(arguments: [
    "OPENAI_API_KEY", "HF_TOKEN", "OPENAI_BASE_URL", "mistral", "PORT", "DATABASE_URL", "KEY2",
    "S3_BUCKET", "MY_SECOND_KEY_2", "NODE_ENV",
  ])
  func `a known name, or one of plain words, is shown`(name: String) {
    #expect(FoundVariable(name, Secret(utf8: ""), line: 3).shown == name)
  }

  @Test(arguments: [
    "hf_38lHN8MJFSuQLDnTSdT3JhZ6H6A9n8eUlr", "MxuHF5mtV383qfiaSMQWMDPW2hUOOxxI42N2yXdG",
    "AKIAIOSFODNN7EXAMPLE", "JBSWY3DPEHPK3PXP", "JBSWYDPEHPKPXP", "CORRECT_HORSE_BATTERY",
    "GEZDGNBVGY3TQOJQ_KEY", "A1B2C3D4_TOKEN", "ABCDE_FGHIJ_KLMNO", "deadbeefdeadbeef",
    "openai_api_key", "TOKEN_12345678", "KEY_JBSWYDPEHPKPXPABC", "_", "KEY__", "HUNTER",
  ])
  func `what a secret could look like is called by its line`(name: String) {
    #expect(FoundVariable(name, Secret(utf8: ""), line: 3).shown == "line 3")
    #expect(FoundVariable(name, Secret(utf8: "")).shown == "a variable")
  }

  /// Secrets in the place of names, each in a text of its own.
  private static let secret = "MxuHF5mtV383qfiaSMQWMDPW2hUOOxxI42N2yXdG"
  private static let texts = [
    "PRIVATE_KEY=-----BEGIN RSA PRIVATE KEY-----\nMIIE\n\(secret)==\n-----END RSA PRIVATE KEY-----",
    "\(secret)=HF_TOKEN", "\(secret)=", "\(secret)==", "export \(secret)=x", "\(secret)",
    "\(secret)=sk-proj-NotARealKey-NotARealKey-1", "\(secret)='unclosed", "\(secret)=$HOME",
    "\(secret)=pa-NotARealKeyNotARealKeyNotARealKey", "\(secret) = a\n\(secret) = b",
    "AZURE_OPENAI_API_KEY=\\\n\(secret)=", "\(secret)=sk-ant-oat01-NotARealKey",
    "OPENAI_API_KEY=sk-proj-NotARealKey-NotARealKey-1\n\(secret)=sk-proj-NotARealKey-NotARealKey-1",
  ]

  @Test(arguments: texts)
  func `no report has a secret that stands where a name belongs`(text: String) throws {
    let world = try World()
    let read = try DotenvText(Secret(utf8: text))
    let plan = try ImportPlan(
      of: read.variables, answers: [:], excluded: [], to: "production", in: world.repository,
      policy: OriginPolicy(allowed: []))
    var outcome = ImportKeys.Outcome()
    outcome.keys = plan.keys.map { key in
      ImportKeys.Outcome.Key(key: key, status: .planned, result: nil, reason: key.objection)
    }
    let report = ImportReport(
      of: plan, outcome, faults: read.faults, to: "production", from: "x")
    let json = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
    for shown in [report.text(Style(), namesSkipped: true), json] {
      #expect(!shown.contains(Self.secret) && !shown.contains(Self.secret.lowercased()), "\(shown)")
    }
    #expect(plan.keys.allSatisfy { !$0.entry.path.contains(Self.secret.lowercased()) })
    #expect(plan.unlisted.allSatisfy { !$0.contains(Self.secret) } || plan.keys.isEmpty)
  }

  @Test func `every line that holds a key is found, in comments too`() throws {
    let key = "sk-proj-NotARealKey-NotARealKey-0001"
    let plain = "NotARealKeyNotARealKeyNotARealKey"
    let text = """
      # the team's keys
      OPENAI_API_KEY=\(key)
      # was: OPENAI_API_KEY=sk-proj-NotARealKey-NotARealKey-0002
      MISTRAL_API_KEY=\(plain)
      #MISTRAL_API_KEY = "\(plain)2" # old
      PORT=3000
      COPY=\(key) # the same
      note for Bob: try (gsk_AnotherKeyAnotherKey0123456789), it works
      GROQ_API_KEY=gsk_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
      HF_TOKEN=
      # MISTRAL_API_KEY=your-key-here
      broken line \(plain)
      """
    let read = try DotenvText(Secret(utf8: text))
    let kept = read.variables.filter { ["OPENAI_API_KEY", "MISTRAL_API_KEY"].contains($0.name) }
    let lines = read.lines(holding: kept)
    #expect(lines.kept == [2, 4, 5, 7, 12])
    #expect(lines.others == [3, 8])
    #expect(read.lines(holding: []).others == [2, 3, 4, 5, 7, 8])
  }
}
