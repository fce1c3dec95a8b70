import Testing

@testable import KeyVault

/// How many findings are kept, and what is said of the rest.
@Suite struct FindingListTests {
  private func finding(_ index: Int, _ severity: Finding.Severity, in file: String) -> Finding {
    Finding(.strayFile, severity, in: file, "number \(index)")
  }

  private func list(_ count: Int, _ severity: Finding.Severity, in file: String) -> FindingList {
    FindingList((0..<count).map { finding($0, severity, in: file) })
  }

  @Test func `a thousand findings about a file are kept, and the rest is counted`() {
    let exact = list(1000, .error, in: "a").findings
    #expect(exact.count == 1000 && exact.allSatisfy { $0.code == "stray-file" })
    let findings = list(300_000, .error, in: "a").findings
    #expect(findings.count == 1001)
    let last = findings[1000]
    #expect(last.code == "more-findings" && last.severity == .error && last.file == "a")
    #expect(last.message == "1000 findings about this file are listed, and 299000 more are not")
  }

  @Test func `no number of warnings hides an error`() {
    var findings = list(5000, .warning, in: "a")
    findings.add(finding(0, .error, in: "a"))
    for file in 0..<10_000 { findings.add(finding(file, .note, in: "other\(file)")) }
    findings.add(finding(1, .error, in: "z"))
    let kept = findings.findings
    #expect(kept.filter { $0.severity == .error }.map(\.file) == ["a", "z"])
    #expect(kept.filter { $0.file == "a" }.count == 1002)
    #expect(kept.count <= 2 * Limits.findings + 2)
  }

  @Test func `what is not listed fails as it would have failed`() {
    var findings = list(1000, .warning, in: "a")
    findings.add(finding(0, .warning, in: "a"))
    #expect(findings.findings.last?.severity == .warning)
    for index in 0..<1001 { findings.add(finding(index, .error, in: "a")) }
    #expect(findings.findings.last?.severity == .error)
    #expect(findings.findings.filter { $0.severity == .error }.count == 1001)
  }

  @Test func `no number of findings of one code hides another one`() {
    let reader = Finding(.recipientAdded, .warning, in: "vault/f/.gpg-id", "mallory reads")
    let policy = Finding(.policyLoosened, .warning, in: "a", "less is asked")
    func isKept(behind flood: [Finding]) -> Bool {
      let codes = FindingList(flood + [reader, policy]).findings.map(\.code)
      return codes.contains("recipient-added") && codes.contains("policy-loosened")
    }
    // By number, by bytes, in one file, and by codes that share the flood.
    #expect(isKept(behind: (0..<20_000).map { finding($0, .warning, in: "file\($0)") }))
    let long = String(repeating: "x", count: 4000)
    #expect(isKept(behind: (0..<2000).map { finding($0, .note, in: long + "\($0)") }))
    #expect(isKept(behind: (0..<5000).map { finding($0, .warning, in: "a") }))
    #expect(
      isKept(
        behind: (0..<20_000).map {
          Finding($0 % 2 == 0 ? .entryAdded : .entryChanged, .warning, in: "f\($0 % 50)", "x")
        }))
  }

  @Test func `what is left out of a change is an error`() {
    for files in [1, 10_000] {
      var findings = FindingList()
      findings.isOfChange = true
      for index in 0..<10_000 {
        findings.add(finding(index, .note, in: "f\(index % files)"))
      }
      findings.isOfChange = false
      #expect(findings.findings.last?.code == "more-findings")
      #expect(findings.findings.last?.severity == .error)
    }
    // Before that, a change says all that it is asked for without an error.
    var few = FindingList()
    few.isOfChange = true
    for index in 0..<1000 { few.add(finding(index, .warning, in: "a")) }
    #expect(few.findings.allSatisfy { $0.severity == .warning })
  }

  @Test func `in all so many findings are kept, and so many bytes`() {
    var many = FindingList()
    for file in 0..<100_000 { many.add(finding(file, .error, in: "file\(file)")) }
    let findings = many.findings
    #expect(findings.count == Limits.findings + 1)
    #expect(findings.last?.file == "keyvault.yaml" && findings.last?.severity == .error)
    let long = String(repeating: "x", count: 4000)
    var large = FindingList()
    for file in 0..<Limits.findings { large.add(finding(file, .error, in: long + "\(file)")) }
    #expect(large.findings.reduce(0) { $0 + $1.file.utf8.count } < 2 * Limits.findingBytes)
  }

  @Test func `what stands for others is added up and not listed twice`() {
    var findings = FindingList()
    findings.add(.more(7, .error, in: "a", "from one check"))
    findings.add(.more(5, .warning, in: "a", "from another"))
    findings.add(finding(0, .error, in: "a"))
    #expect(
      findings.findings.map(\.message) == [
        "number 0", "1 findings about this file are listed, and 12 more are not",
      ])
  }

  @Test func `a message is cut where it is longer than anybody reads`() {
    let long = Finding(.syntax, in: "a", String(repeating: "é", count: 100_000))
    #expect(long.message.unicodeScalars.count == Limits.message && long.message.hasSuffix("…"))
    let whole = String(repeating: "é", count: Limits.message)
    #expect(Finding(.syntax, in: "a", whole).message == whole)
  }

  @Test(.timeLimit(.minutes(30)))
  func `a configuration of a hundred thousand names is checked in time`() throws {
    let ids = (0..<900).map { "unknown_provider_\($0)" }.joined(separator: ", ")
    let names = (0..<50).map { "  e\($0): {require: [\(ids)]}\n" }.joined()
    let world = try World("environments:\n" + names)
    let findings = try world.findings()
    #expect(findings.count == 1001)
    #expect(findings.filter { $0.code == "more-findings" }.count == 1)
    #expect(findings.contains { $0.message.hasSuffix("and 44000 more are not") })
  }

  @Test func `a list of recipients gives no more findings than other files`() {
    let lines = String(repeating: "x\n", count: 30_000)
    let list = RecipientList(parsing: Array(lines.utf8), folder: "")
    #expect(list.findings.count == 1001)
    #expect(list.recipients.isEmpty)
  }
}
