internal import Naming
internal import YAML

/// Keys that a former reader could read, from git history, and that no sidecar marks as exposed:
/// `exposed` is a cache, and anyone can remove it.
struct HistoryChecks {
  let repository: Repository
  let keys: PublicKeys
  let program: GPGProgram

  func findings() -> [Finding] {
    let history: VaultHistory
    do throws(Failure) {
      history = try VaultHistory(of: repository)
    } catch let error where error.kind == .inconclusive && !Git(in: repository.root).isWhole {
      return [absent(error.message, error.hints.first)]
    } catch let error where error.kind == .inconclusive {
      return [
        Finding(
          .historyTooLarge, in: Paths.vault,
          "\(error.message), so former readers were not searched for", hint: error.hints.first)
      ]
    } catch {
      return [absent(error.message, error.hints.first)]
    }
    let past = PastReaders(history, program: program)
    var findings = history.isWhole ? [] : [absent("git history is incomplete here")]
    var readers: [Name: Set<Name>] = [:]
    let entries: [Vault.Entry]
    do throws(Failure) {
      entries = try repository.vault.allEntries()
    } catch {
      return findings + [absent(error.message, error.hints.first)]
    }
    findings += staleCopies(entries, history)
    for entry in entries where entry.sidecar?.exposed == nil {
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

  /// Entries with a key that another entry had before it was rotated. Where one branch copies a key and the
  /// other exchanges it, git sees no conflict.
  private func staleCopies(_ entries: [Vault.Entry], _ history: VaultHistory) -> [Finding] {
    let present = Dictionary(entries.map { (Name($0.name.path), $0.sidecar) }) { first, _ in first }
    var origins: [Name: String] = [:]
    for state in history.states {
      // An entry that was removed and added again is another one.
      guard let id = state.lineage, let now = present[state.entry] ?? nil, let other = now.id,
        !id.utf8.elementsEqual(other.utf8), let created = state.created,
        now.root["created"]?.string?.utf8.elementsEqual(created.utf8) == true
      else { continue }
      origins[id] = state.entry
    }
    return entries.compactMap { entry in
      guard let id = entry.sidecar?.id, let origin = origins[id],
        !origin.utf8.elementsEqual(entry.name.path.utf8)
      else { return nil }
      return Finding(
        .staleCopy, .warning, in: entry.name.sidecarPath,
        "this is the key that '\(origin)' had before it was rotated",
        hint:
          "copy the newer key: \(Shell("keyvault cp --force \(origin) \(entry.name)")), or rotate "
          + "it"
      )
    }
  }

  private func absent(_ why: String, _ hint: String? = nil) -> Finding {
    Finding(
      .noHistory, .warning, in: Paths.vault,
      "\(why), so former readers were not searched for",
      hint: hint ?? Git(in: repository.root).completion)
  }

  private func finding(
    _ name: EntryName, _ debt: (person: String, key: Debt.Key), count: Int
  ) -> Finding {
    let person = keys.text(of: debt.person) + (count > 1 ? " and \(count - 1) more" : "")
    let word = debt.key.reason == .named ? "could" : "may have been able to"
    let commit = debt.key.commit.map { "commit \($0.prefix(12))" } ?? "the current files"
    return Finding(
      .exposed, .warning, in: name.sidecarPath,
      "\(person), a former reader, \(word) read this key (\(commit)); it is not marked as exposed",
      hint: "rotate it: \(Shell("keyvault rotate \(name)"))")
  }
}
