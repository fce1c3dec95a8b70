internal import Naming

/// Keys that somebody could read, by git's history, who is no reader any more, and of which no sidecar
/// says so: `exposed` is a cache, and anybody can take it out.
struct HistoryChecks {
  let repository: Repository
  let keys: PublicKeys
  let program: GPGProgram

  func findings() -> [Finding] {
    let history: VaultHistory
    do throws(Failure) {
      history = try VaultHistory(of: repository)
    } catch let error where error.kind == .inconclusive {
      return [
        Finding(
          .historyTooLarge, in: Vault.folder,
          "\(error.message), so it was not checked who could read what", hint: error.hints.first)
      ]
    } catch {
      return [absent(error.message, error.hints.first)]
    }
    let past = PastReaders(history, program: program)
    var findings = history.isWhole ? [] : [absent("git's history is not whole here")]
    var readers: [Name: Set<Name>] = [:]
    for entry in (try? repository.vault.allEntries()) ?? [] where entry.sidecar?.exposed == nil {
      let folder = entry.name.environment
      if readers[folder] == nil {
        let list = try? repository.vault.recipientList(of: folder)
        readers[folder] = Set(names: list?.recipients.map(\.fingerprint) ?? [])
      }
      let debts = past.debts(for: entry, besides: readers[folder] ?? [])
      if let first = debts.first { findings.append(finding(entry.name, first, count: debts.count)) }
    }
    return findings
  }

  private func absent(_ why: String, _ hint: String? = nil) -> Finding {
    Finding(
      .noHistory, .warning, in: Vault.folder,
      "\(why), so it was not checked who could read what",
      hint: hint ?? "in a shallow clone: git fetch --unshallow")
  }

  private func finding(
    _ name: EntryName, _ debt: (person: String, key: Debt.Key), count: Int
  ) -> Finding {
    let person = keys.text(of: debt.person) + (count > 1 ? " and \(count - 1) more" : "")
    let word = debt.key.reason == .named ? "could" : "may have been able to"
    let commit = debt.key.commit.map { "commit \($0.prefix(12))" } ?? "what lies there"
    return Finding(
      .exposed, .warning, in: name.sidecarPath,
      "\(person) \(word) read this key, by \(commit), is no reader any more, and it is not marked",
      hint: "make a new key: \(Shell("keyvault rotate \(name)"))")
  }
}
