internal import HTTP
internal import Naming
internal import YAML

/// What the schema of `keyvault.yaml` cannot say.
struct ConfigurationChecks {
  let root: Node
  let repository: Repository

  func findings() -> [Finding] {
    var findings = FindingList()
    environments(&findings)
    preferences(&findings)
    return findings.findings
  }

  private func environments(_ findings: inout FindingList) {
    let absent = (try? repository.vault.absentEntries()) ?? []
    let known = Set(names: (try? repository.vault.names())?.map(\.environment) ?? [])
      .union(absent.map { Name($0.name.environment) })
      .union(repository.configuration.environments.keys)
    var suggestions = Suggestions(among: known.sortedTexts)
    var providers = Suggestions(among: repository.catalogue.ids)
    for pair in root["environments"]?.mapping ?? [] {
      findings += name(pair)
      inherited(pair, known: known, &suggestions, &findings)
      for node in pair.value["require"]?.sequence ?? [] { provider(node, &providers, &findings) }
      if let gateway = pair.value["gateway"] { findings += self.gateway(gateway) }
    }
  }

  private func name(_ pair: Node.Pair) -> [Finding] {
    guard let objection = EntryName.objection(to: pair.key) else { return [] }
    return [
      finding(
        .badEntryName, at: pair.keyPlace,
        "invalid environment name '\(pair.key.printable(limit: 80))': \(objection)")
    ]
  }

  private func inherited(
    _ pair: Node.Pair, known: Set<Name>, _ suggestions: inout Suggestions,
    _ findings: inout FindingList
  ) {
    var isKnown = true
    for item in pair.value["inherit"]?.sequence ?? [] {
      guard let name = item.string, !known.contains(name) else { continue }
      isKnown = false
      findings.add(.unknownEnvironment, in: Paths.configuration) {
        finding(
          .unknownEnvironment, at: item.place, "no environment '\(name.printable(limit: 80))'",
          hint: suggestions.next(for: name).map { "did you mean '\($0)'?" })
      }
    }
    guard isKnown, let place = pair.value["inherit"]?.place else { return }
    do throws(Failure) {
      _ = try repository.configuration.inheritance.order(from: pair.key)
    } catch {
      findings.add(finding(.inheritCycle, at: place, error.message))
    }
  }

  private func gateway(_ node: Node) -> [Finding] {
    do throws(WebURLError) {
      let origin = try Gateway(node.string ?? "").origin()
      return [Finding.needsPermission(origin, in: Paths.configuration, at: node.place)]
        .compactMap(\.self)
    } catch {
      let url = (node.string ?? "").printable(limit: 120)
      return [finding(.badURL, at: node.place, "'\(url)' \(error.message)")]
    }
  }

  private func preferences(_ findings: inout FindingList) {
    var suggestions = Suggestions(among: repository.catalogue.ids)
    for pair in root["preferences"]?.mapping ?? [] {
      for node in pair.value.sequence ?? [] { provider(node, &suggestions, &findings) }
    }
  }

  private func provider(
    _ node: Node, _ suggestions: inout Suggestions, _ findings: inout FindingList
  ) {
    guard let id = node.string, !repository.catalogue.contains(id) else { return }
    findings.add(.unknownProvider, in: Paths.configuration) {
      finding(
        .unknownProvider, at: node.place, "unknown provider '\(id.printable(limit: 80))'",
        hint: suggestions.next(for: id).map { "did you mean '\($0)'?" }
          ?? "add \(Paths.providers)/\(id.printable(limit: 80)).yaml")
    }
  }

  private func finding(
    _ code: Finding.Code, at place: Place, _ message: String, hint: String? = nil
  ) -> Finding {
    Finding(code, in: Paths.configuration, at: place, message, hint: hint)
  }
}
