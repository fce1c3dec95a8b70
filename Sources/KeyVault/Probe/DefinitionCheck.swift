extension Prober {
  /// What the provider's definitions say of no key and of a bogus one: each must refuse both. Only
  /// keys that nobody has are sent, so any host may be asked.
  ///
  /// - Parameter fields: Further parts of the credential that complete the host's name.
  /// Throws where nothing can be asked.
  public func check(
    _ provider: Provider, fields: [String: String] = [:], gateway: String?
  ) async throws(Failure) -> [DefinitionReport.Row] {
    var rows: [DefinitionReport.Row] = []
    for (format, definition) in provider.definitions {
      let plan: ProbePlan
      do throws(ProbePlan.Early) {
        plan = ProbePlan(
          provider: provider, format: format, definition: definition,
          url: try ProbePlanner.url(
            of: definition.target, of: provider, fields: fields, gateway: gateway))
      } catch {
        throw Failure(.usage, error.note, hints: ["say it with --field NAME=VALUE"])
      }
      let control = await control(plan)
      let kind = plan.isGeneral ? "" : " (\(format?.name ?? ""))"
      rows.append(Self.row("no key" + kind, control.missing))
      rows.append(Self.row("bogus key" + kind, control.bogus))
    }
    guard !rows.isEmpty else {
      throw Failure(
        .nothingToDo, "keys of \(provider.name) are unverifiable: no request is declared",
        hints: ["see 'keyvault providers show \(provider.id)'"])
    }
    return rows
  }

  private static func row(_ what: String, _ evidence: Evidence) -> DefinitionReport.Row {
    var evidence = evidence
    switch evidence.verdict.works {
    case .yes: evidence.note = "this endpoint does not tell keys apart: it proves nothing"
    case .unknown: evidence.note = evidence.note ?? "no rule knows this answer"
    case .no: break
    }
    return DefinitionReport.Row(what, evidence, isGood: evidence.verdict.works != .yes)
  }
}

extension Provider {
  /// How a key of this kind is proved; nil where no request does. `format` is nil for a key that
  /// looks like none that is known.
  func definition(for format: KeyFormat?) -> ProbeDefinition? {
    format?.probe ?? (format?.isUnverifiable == true ? nil : probe)
  }

  /// Each definition with the kind of key that it is for: the provider's own with the first kind
  /// that has none.
  var definitions: [(format: KeyFormat?, definition: ProbeDefinition)] {
    let general = probe.map { (formats.first { $0.probe == nil && !$0.isUnverifiable }, $0) }
    return [general].compactMap(\.self)
      + formats.compactMap { format in format.probe.map { (format, $0) } }
  }
}

extension DefinitionReport {
  /// What the check says as a whole.
  public enum Conclusion: Sendable { case good, findings, inconclusive }

  /// Whether good and bad keys are told apart: a bogus key that got no clear answer proves nothing.
  public var conclusion: Conclusion {
    if !isGood { return .findings }
    let isUnclear = rows.contains { $0.what.hasPrefix("bogus key") && $0.verdict.works == .unknown }
    return isUnclear ? .inconclusive : .good
  }
}

extension TestResult {
  /// The row of an entry whose key is good; one that is not is a finding.
  public var asRow: DefinitionReport.Row { row(note: note, isGood: works == .yes) }

  func row(note: String?, isGood: Bool) -> DefinitionReport.Row {
    var evidence = Evidence(verdict, note: note)
    (evidence.http, evidence.rule) = (http, rule)
    evidence.matched = matched + (quota.map { ["quota: \($0.text)"] } ?? [])
    return DefinitionReport.Row(entry, evidence, isGood: isGood)
  }
}
