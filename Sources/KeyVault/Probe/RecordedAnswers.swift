internal import HTTP
internal import Naming

extension Provider {
  /// What the rules say of the answers in `folder`, whose files are `NAME.json`; nothing is sent.
  ///
  /// Throws where there is no such folder, or a file is not a recorded answer.
  public func judgeRecorded(in folder: String) throws(Failure) -> [DefinitionReport.Row] {
    var rows: [DefinitionReport.Row] = []
    do throws(FileError) {
      let files = try Folder(folder)
      for item in try files.items() where item.kind == .file && item.name.hasSuffix(".json") {
        let bytes = try files.read(item.name, limit: Limits.document)
        let name = String(item.name.dropLast(".json".count))
        do throws(Failure) {
          rows.append(judge(try RecordedAnswer(bytes, name: name)))
        } catch {
          rows.append(DefinitionReport.Row(name, Evidence(.unknown, note: error.message), .wrong))
        }
      }
    } catch {
      throw error.failure
    }
    return rows.sorted { $0.what < $1.what }
  }

  /// Compares what comes out with what the file expects.
  func judge(_ recorded: RecordedAnswer) -> DefinitionReport.Row {
    let named = formats.first { $0.name == recorded.format }
    guard recorded.format == nil || named != nil else {
      let note = "unknown format '\(recorded.format ?? "")' of this provider"
      return DefinitionReport.Row(recorded.name, Evidence(.unknown, note: note), .wrong)
    }
    guard let definition = definition(for: named ?? definitions.first?.format) else {
      let evidence = Evidence(.unverifiable, note: "no request is declared for such a key")
      let isExpected = recorded.verdict == .unverifiable
      return DefinitionReport.Row(recorded.name, evidence, isExpected ? .ok : .wrong)
    }
    var result = TestResult(
      entry: recorded.name, provider: id, verdict: .unreachable, checked: Timestamp(seconds: 0))
    var faults = [fault(recorded.request, definition, target: definition.target)]
    if let answer = recorded.answer {
      result.set(definition.judge(answer), of: answer)
      result.facts = definition.facts(of: answer)
      if let second = recorded.quota, let quota, result.word == .valid, named?.probe == nil {
        let target = quota.target(filledFrom: answer.json)
        faults.append(fault(recorded.quotaRequest, quota, target: target ?? "nowhere"))
        result.apply(quota: quota.judge(second), of: second)
        result.facts.merge(quota.facts(of: second)) { $1 }
      }
    }
    let all = faults.compactMap(\.self) + result.differences(from: recorded)
    return all.isEmpty
      ? result.row(note: nil, .ok) : result.row(note: all.joined(separator: "; "), .wrong)
  }

  /// What is wrong if the file is about another request than the definition's.
  private func fault(_ request: String?, _ definition: ProbeDefinition, target: String) -> String? {
    let fields = Dictionary(hostFields.map { (Name($0), "example") }) { $1 }
    guard let request, let base = baseURL(fields),
      let url = try? ProbeDefinition.url(of: target, below: base)
    else { return nil }
    let sent = "\(definition.method) \(url.path)"
    return request == sent ? nil : "the request is '\(sent)', not '\(request)'"
  }
}

extension TestResult {
  /// What is not as the file expects, in words.
  fileprivate func differences(from recorded: RecordedAnswer) -> [String] {
    var differences: [String] = []
    if recorded.verdict != verdict {
      differences.append("expected the verdict \(recorded.verdict.rawValue)")
    }
    if let expected = recorded.credit, expected != credit {
      differences.append("expected credit \(expected.rawValue), not \(credit.rawValue)")
    }
    func quoted(_ value: String?) -> String { value.map { "'\($0)'" } ?? "none" }
    if let expected = recorded.facts {
      for name in Set(expected.keys).union(facts.keys).sorted()
      where expected[name] != facts[name] {
        differences.append(
          "expected the fact \(name) \(quoted(expected[name])), not \(quoted(facts[name]))")
      }
    }
    return differences
  }
}
