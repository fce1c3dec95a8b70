internal import GPG
internal import Naming
internal import YAML

/// `vault/`: its folders, its recipients, its entries.
struct VaultChecks {
  let repository: Repository
  let now: Timestamp
  let program: GPGProgram?
  let readsHistory: Bool
  /// Whether a signature that does not count is reported elsewhere.
  let judgesSignatures: Bool

  func add(to findings: inout FindingList) {
    guard let root = try? Folder(repository.root), let kind = root.kind(of: Paths.vault) else {
      return
    }
    guard kind == .folder else {
      return findings.add(Finding(.symbolicLink, in: Paths.vault, "'vault' is not a folder"))
    }
    let lists: [RecipientList]
    do throws(FileError) {
      lists = try repository.vault.recipientLists()
    } catch let error where error.attempt == .tooLarge(limit: Limits.listBytes) {
      return findings.add(Finding(.tooManyFiles, in: Paths.vault, error.message))
    } catch {
      // It is said at its folder.
      lists = []
    }
    let keys = publicKeys(lists, &findings)
    if readsHistory, let keys, let program {
      findings += HistoryChecks(repository: repository, keys: keys, program: program).findings()
    }
    folders(in: root, keys, &findings)
    variables(&findings)
    undecided(&findings)
  }

  /// A ciphertext that git takes for binary has no markers, and what is left of it may look valid.
  private func undecided(_ findings: inout FindingList) {
    for name in repository.undecided.names.sorted() {
      if case .malformed? = (try? repository.vault.entry(name))?.fault?.kind { continue }
      guard repository.vault.structure(of: name) != nil else { continue }
      findings.add(
        Finding(
          .mergeConflict, in: name.ciphertextPath,
          "a merge is in progress and has not resolved it",
          hint: ConflictMarkers.hint(for: name.ciphertextPath)))
    }
  }

  /// What gpg says of the public keys, and what is wrong with them; nil where it cannot be asked.
  private func publicKeys(
    _ lists: [RecipientList], _ findings: inout FindingList
  ) -> PublicKeys? {
    for name in PublicKeys.strays(in: repository) {
      findings.add(
        Finding(
          .badPublicKey, in: "\(PublicKeys.folder)/\(name.printable(limit: 200))",
          "the file's name is not a fingerprint, so no command reads it",
          hint: "name the file by the key's fingerprint, or remove it"))
    }
    do throws(FileError) {
      guard try !PublicKeys.listed(in: repository).isEmpty else { return nil }
    } catch {
      findings.add(
        Finding(
          error.hint == nil ? .manyPublicKeys : error.findingCode, in: PublicKeys.folder,
          "\(error.message), so neither the readers of entries nor the public keys were checked",
          hint: error.hint ?? PublicKeys.removalHint))
      return nil
    }
    let why: String
    if let program {
      do throws(GPGError) {
        let keys = try PublicKeys(of: repository, program: program)
        findings += PublicKeyChecks(
          keys: keys, recipients: Set(names: lists.flatMap(\.recipients).map(\.fingerprint)),
          policy: repository.configuration.policy, now: now
        ).findings()
        return keys
      } catch {
        why = error.message
      }
    } else {
      why = "cannot find gpg"
    }
    findings.add(
      Finding(
        .noGPG, .warning, in: PublicKeys.folder,
        "\(why), so neither the readers of entries nor the public keys were checked",
        hint: "apt-get install gpg"))
    return nil
  }

  private func folders(
    in root: borrowing Folder, _ keys: PublicKeys?, _ findings: inout FindingList
  ) {
    let files = (try? PublicKeys.listed(in: repository)).map { Set(names: $0) }
    func unreadable(_ path: String, _ error: FileError) {
      let place = repository.vault.path(path)
      findings.add(
        Finding(
          error.findingCode, in: error.attempt == .workTree ? place + "/.git" : place,
          error.message, hint: error.hint))
    }
    func tooDeep(_ path: String) {
      findings.add(
        Finding(
          .tooDeep, in: repository.vault.path(path),
          "folders in this one are more than \(Limits.depth) deep, and were not checked",
          hint: "move their entries up"))
    }
    do throws(FileError) {
      try root.folder(Paths.vault).walk(unreadable: unreadable, tooDeep: tooDeep) {
        path, items, _ in
        folder(path, items, keys, files, &findings)
      }
    } catch {
      unreadable("", error)
    }
  }

  /// Whether the folders in this one are to be looked at.
  private func folder(
    _ relative: String, _ items: [Folder.Item], _ keys: PublicKeys?, _ files: Set<Name>?,
    _ findings: inout FindingList
  ) -> Bool {
    let path = repository.vault.path(relative)
    // git would run what the configuration of a repository inside this one says.
    if ["HEAD", "config", "objects"].allSatisfy({ part in items.contains { $0.name == part } }) {
      findings.add(
        Finding(
          .gitInVault, in: path, "this is a separate git repository, which git may enter",
          hint: "remove it"))
      return false
    }
    strays(items, in: relative, &findings)
    findings += CaseChecks(items, in: path).findings()
    let entries = Self.entryNames(items, in: relative)
    let hasList = items.contains { $0.name == Paths.list }
    if hasList || !entries.isEmpty {
      findings += RecipientChecks(repository: repository, folder: relative, publicKeys: files)
        .findings(isOwn: hasList)
    }
    let drift = entries.isEmpty ? nil : driftChecks(of: relative, keys)
    var drifts: [(EntryName, Drift)] = []
    var compared = 0
    for start in stride(from: 0, to: entries.count, by: 256) {
      let outcomes = concurrentMap(min(256, entries.count - start)) { index in
        EntryChecks(
          repository: repository, now: now, name: entries[start + index], readers: drift?.readers,
          judgesSignatures: judgesSignatures
        ).outcome()
      }
      for (name, outcome) in zip(entries[start...], outcomes) {
        findings += outcome.findings
        guard let drift = outcome.drift else { continue }
        compared += 1
        if !drift.isEmpty { drifts.append((name, drift)) }
      }
    }
    findings += drift?.findings(drifts, of: compared, in: path) ?? []
    return true
  }

  /// nil where a list is invalid: it has only some of the recipients.
  private func driftChecks(of folder: String, _ keys: PublicKeys?) -> DriftChecks? {
    guard let keys, let list = try? repository.vault.recipients(of: folder) else { return nil }
    return DriftChecks(readers: Readers(of: list, keys: keys), keys: keys)
  }

  /// Names with a ciphertext, a sidecar, or both.
  static func entryNames(_ items: [Folder.Item], in folder: String) -> [EntryName] {
    var names: Set<EntryName> = []
    for item in items where item.kind == .file && !item.name.hasPrefix(".") {
      for suffix in [".gpg", ".yaml"] where item.name.hasSuffix(suffix) {
        let name = String(item.name.dropLast(suffix.count))
        if let name = EntryName(found: folder.isEmpty ? name : "\(folder)/\(name)") {
          names.insert(name)
        }
      }
    }
    return names.sorted()
  }

  private func strays(
    _ items: [Folder.Item], in relative: String, _ findings: inout FindingList
  ) {
    for item in items {
      if let finding = stray(item, in: relative) { findings.add(finding) }
    }
  }

  private func stray(_ item: Folder.Item, in relative: String) -> Finding? {
    let file = "\(repository.vault.path(relative))/\(item.name.printable)"
    if item.kind == .link {
      return Finding(
        .symbolicLink, in: file, "a symbolic link is not followed",
        hint: "replace the link with the file, or remove it")
    }
    switch item.name {
    case Paths.list, Paths.publicKeys, Paths.listSignature, Paths.listsSignature:
      return nil
    case ".gitattributes", ".git":
      return Finding(
        .gitInVault, in: file,
        "'\(item.name)' in the vault can change what git shows and checks out",
        hint: "remove it; it belongs in the repository's root")
    default: break
    }
    if item.kind == .other {
      return Finding(.unreadable, in: file, "this is not a regular file", hint: "remove it")
    }
    if item.kind == .folder, !item.name.hasPrefix(".") {
      return EntryName.objection(toPart: item.name[...]).map {
        Finding(
          .badEntryName, in: file, "no command reads this folder: \($0)",
          hint: Self.renaming(item.name, in: relative))
      }
    }
    guard item.kind == .file else { return nil }
    if item.name.hasSuffix(".gpg") || item.name.hasSuffix(".yaml"), !item.name.hasPrefix(".") {
      return badName(item.name, in: relative, file: file)
    }
    return Finding(
      .strayFile, .warning, in: file, "this is neither an entry nor a sidecar nor a recipient",
      hint: "if it holds a plaintext key, remove it and rotate the key")
  }

  private func badName(_ name: String, in relative: String, file: String) -> Finding? {
    let base = name.hasSuffix(".gpg") ? name.dropLast(4) : name.dropLast(5)
    let path = relative.isEmpty ? String(base) : "\(relative)/\(base)"
    return EntryName.objection(to: path).map {
      Finding(
        .badEntryName, in: file, "no command can use this entry: \($0)",
        hint: Self.renaming(name, in: relative))
    }
  }

  /// How to give a file or folder a name that commands take; the sidecar goes with its ciphertext.
  private static func renaming(_ name: String, in folder: String) -> String {
    let path = "\(Paths.vault)/" + (folder.isEmpty ? "" : folder + "/")
    let fit = EntryName.fitted(name)
    return "rename it: \(Shell("git mv -- \(path: path + name) \(path: path + fit)")); or remove it"
  }

  /// Two entries of an environment that give the same variable.
  private func variables(_ findings: inout FindingList) {
    guard let entries = try? repository.vault.entriesByEnvironment() else { return }
    for (environment, own) in entries.sorted(by: { $0.key < $1.key }) where environment != "" {
      let alone = [environment: own]
      let assembly = try? Assembly(environment.text, of: alone, in: repository)
      for conflict in assembly?.conflicts ?? [] {
        let file = conflict.second.sidecarPath
        findings.add(.sameVariable, .warning, in: file) {
          Finding(
            .sameVariable, .warning, in: file, conflict.failure.message,
            hint: conflict.failure.hints.first)
        }
      }
    }
  }
}
