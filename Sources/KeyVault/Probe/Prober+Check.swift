internal import Naming

extension Prober {
  /// What the provider's definitions say of no key and of a bogus one: each must refuse both. Throws
  /// where nothing can be asked, or a host is not where a key of `payloadHosts` may be sent: a bogus
  /// key is not secret, but the repository's text must not choose whom this machine connects to.
  ///
  /// `fields` are additional fields of the credential; `gateway` replaces scheme, host and port.
  public func check(
    _ provider: Provider, fields: [(name: String, value: String)], payloadHosts: [String] = [],
    gateway: String?
  ) async throws(Failure) -> [DefinitionReport.Row] {
    var rows: [DefinitionReport.Row] = []
    let hostFields = Dictionary(fields.map { (Name($0.name), $0.value) }) { $1 }
    for (format, definition) in provider.definitions {
      let plan: ProbePlan
      do throws(ProbePlan.Early) {
        plan = ProbePlan(
          provider: provider, format: format, definition: definition,
          url: try ProbePlanner.url(
            of: definition.target, of: provider, fields: hostFields, gateway: gateway))
      } catch {
        throw Failure(
          .usage, error.note, hints: ["pass --field NAME=VALUE, or an entry"])
      }
      do throws(ProbePlan.Early) {
        try planner.check(
          plan.url, of: provider, fields: hostFields, payloadHosts: payloadHosts)
      } catch {
        throw Failure(.findings, error.note)
      }
      let control = await control(plan, fields: fields)
      let kind = plan.isGeneral ? "" : " (\(format?.name ?? ""))"
      rows.append(Self.row("no key" + kind, control.missing, isBogus: false))
      rows.append(Self.row("bogus key" + kind, control.bogus, isBogus: true))
    }
    guard !rows.isEmpty else {
      throw Failure(
        .nothingToDo, "keys of \(provider.name) are unverifiable: no request is declared",
        hints: ["see '\(Shell("keyvault providers show \(provider.id)"))'"])
    }
    return rows
  }

  /// A request without a key may be answered in any way but as a good one; a bogus key must be
  /// refused, or nothing is known.
  private static func row(
    _ what: String, _ evidence: Evidence, isBogus: Bool
  ) -> DefinitionReport.Row {
    var evidence = evidence
    if evidence.verdict.works == .yes {
      evidence.note = "this endpoint does not distinguish keys: it proves nothing"
      return DefinitionReport.Row(what, evidence, .wrong)
    }
    let isUnclear = isBogus && evidence.verdict.works == .unknown
    return DefinitionReport.Row(what, evidence, isUnclear ? .unclear : .ok)
  }
}

extension TestResult {
  /// The row of an entry whose key is good.
  public var asRow: DefinitionReport.Row {
    let outcome: DefinitionReport.Row.Outcome =
      switch works {
      case .yes: .ok
      case .no: .wrong
      case .unknown: .unclear
      }
    return row(note: note, outcome)
  }

  func row(note: String?, _ outcome: DefinitionReport.Row.Outcome) -> DefinitionReport.Row {
    var evidence = Evidence(verdict, note: note)
    (evidence.http, evidence.rule) = (http, rule)
    evidence.matched = matched + (quota.map { ["quota: \($0.text)"] } ?? [])
    return DefinitionReport.Row(entry, evidence, outcome)
  }
}
