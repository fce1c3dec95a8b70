internal import HTTP

extension Provider {
  /// What the rules say of the answers in `folder`, whose files are `NAME.json`; nothing is sent.
  ///
  /// Throws where there is no such folder, or a file is no recorded answer.
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
          rows.append(
            DefinitionReport.Row(name, Evidence(.unknown, note: error.message), isGood: false))
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
    guard let definition = definition(for: named ?? definitions.first?.format) else {
      return DefinitionReport.Row(
        recorded.name, Evidence(.unverifiable, note: "no request is declared for such a key"),
        isGood: recorded.verdict == .unverifiable)
    }
    var result = TestResult(
      entry: recorded.name, provider: id, verdict: .unreachable, checked: Timestamp(seconds: 0))
    var faults = [fault(recorded.request, definition, target: definition.target)]
    if let answer = recorded.answer {
      result.set(definition.judge(answer), of: answer)
      result.facts = definition.facts(of: answer)
      if let second = recorded.quota, let quota, result.works == .yes {
        let target = quota.target(filledFrom: answer.json)
        faults.append(fault(recorded.quotaRequest, quota, target: target ?? "nowhere"))
        result.apply(quota: quota.judge(second), of: second)
        result.facts.merge(quota.facts(of: second)) { $1 }
      }
    }
    return DefinitionReport.Row(recorded, result, faults: faults.compactMap(\.self))
  }

  /// What is wrong if the file is about another request than the definition's.
  private func fault(_ request: String?, _ definition: ProbeDefinition, target: String) -> String? {
    let fields = Dictionary(uniqueKeysWithValues: hostFields.map { ($0, "example") })
    guard let request, let base = baseURL(fields),
      let url = try? ProbeDefinition.url(of: target, below: base)
    else { return nil }
    let sent = "\(definition.method) \(url.path)"
    return request == sent ? nil : "the request is '\(sent)', not '\(request)'"
  }
}

extension DefinitionReport.Row {
  fileprivate init(_ recorded: RecordedAnswer, _ result: TestResult, faults: [String]) {
    var faults = faults
    if recorded.verdict != result.verdict {
      faults.append("expected the verdict \(recorded.verdict.rawValue)")
    }
    if let credit = recorded.credit, credit != result.credit {
      faults.append("expected credit \(credit.rawValue), not \(result.credit.rawValue)")
    }
    if let facts = recorded.facts {
      for name in Set(facts.keys).union(result.facts.keys).sorted()
      where facts[name] != result.facts[name] {
        func quoted(_ value: String?) -> String { value.map { "'\($0)'" } ?? "none" }
        faults.append(
          "expected the fact \(name) \(quoted(facts[name])), not \(quoted(result.facts[name]))")
      }
    }
    var evidence = Evidence(
      result.verdict, note: faults.isEmpty ? nil : faults.joined(separator: "; "))
    (evidence.http, evidence.rule, evidence.matched) = (result.http, result.rule, result.matched)
    self.init(recorded.name, evidence, isGood: faults.isEmpty)
  }
}
