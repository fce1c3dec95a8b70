internal import HTTP
internal import YAML

/// What the schema of `keyvault.yaml` cannot say.
struct ConfigurationChecks {
  let root: Node
  let repository: Repository

  func findings() -> [Finding] {
    environments() + preferences()
  }

  private func environments() -> [Finding] {
    let known = Set((try? repository.vault.entries())?.map(\.name.environment) ?? [])
      .union(repository.configuration.environments.keys)
    return (root["environments"]?.mapping ?? []).flatMap { pair in
      var findings = name(pair) + inherited(pair, known: known)
      findings += (pair.value["require"]?.sequence ?? []).compactMap(provider)
      if let gateway = pair.value["gateway"] { findings += self.gateway(gateway) }
      return findings
    }
  }

  private func name(_ pair: Node.Pair) -> [Finding] {
    guard let objection = EntryName.objection(to: pair.key) else { return [] }
    return [
      finding(
        .badEntryName, at: pair.keyPlace,
        "'\(pair.key.printable(limit: 80))' is no name for an environment: \(objection)")
    ]
  }

  private func inherited(_ pair: Node.Pair, known: Set<String>) -> [Finding] {
    let items = pair.value["inherit"]?.sequence ?? []
    let unknown: [Finding] = items.compactMap { item in
      guard let name = item.string, !known.contains(name) else { return nil }
      return finding(
        .unknownEnvironment, at: item.place, "no environment '\(name.printable(limit: 80))'",
        hint: Suggestion.closest(to: name, among: known).map { "did you mean '\($0)'?" })
    }
    guard unknown.isEmpty, let place = pair.value["inherit"]?.place else { return unknown }
    do throws(Failure) {
      _ = try Assembly(pair.key, of: [:], in: repository)
      return []
    } catch {
      return [finding(.inheritCycle, at: place, error.message)]
    }
  }

  private func gateway(_ node: Node) -> [Finding] {
    do throws(WebURLError) {
      let origin = try Gateway(node.string ?? "").origin()
      return [Finding.needsPermission(origin, in: Configuration.fileName, at: node.place)]
        .compactMap(\.self)
    } catch {
      let url = (node.string ?? "").printable(limit: 120)
      return [finding(.badURL, at: node.place, "'\(url)' \(error.message)")]
    }
  }

  private func preferences() -> [Finding] {
    (root["preferences"]?.mapping ?? []).flatMap { pair in
      (pair.value.sequence ?? []).compactMap(provider)
    }
  }

  private func provider(_ node: Node) -> Finding? {
    let ids = repository.catalogue.ids
    guard let id = node.string, !ids.contains(id) else { return nil }
    return finding(
      .unknownProvider, at: node.place, "no provider '\(id.printable(limit: 80))' is known",
      hint: Suggestion.closest(to: id, among: ids).map { "did you mean '\($0)'?" }
        ?? "add \(Catalogue.folder)/\(id.printable(limit: 80)).yaml")
  }

  private func finding(
    _ code: Finding.Code, at place: Place, _ message: String, hint: String? = nil
  ) -> Finding {
    Finding(code, in: Configuration.fileName, at: place, message, hint: hint)
  }
}
