internal import GPG
internal import YAML

/// `vault/`: its folders, its recipients, its entries.
struct VaultChecks {
  let repository: Repository
  let now: Timestamp
  let program: GPGProgram?
  let readsHistory: Bool
  /// Whether a signature that does not count is told elsewhere.
  let judgesSignatures: Bool

  func findings() -> [Finding] {
    guard let root = try? Folder(repository.root), let kind = root.kind(of: Vault.folder) else {
      return []
    }
    guard kind == .folder else {
      return [Finding(.symbolicLink, in: Vault.folder, "'vault' is not a folder")]
    }
    var findings: [Finding] = []
    let keys = publicKeys(&findings)
    if readsHistory, let keys, let program {
      findings += HistoryChecks(repository: repository, keys: keys, program: program).findings()
    }
    return findings + folder("", in: root, keys) + variables()
  }

  /// What gpg says of the public keys, and what is wrong with them; nil where it cannot be asked.
  private func publicKeys(_ findings: inout [Finding]) -> PublicKeys? {
    let count = PublicKeys.names(in: repository).count
    guard count > 0 else { return nil }
    guard count <= PublicKeys.limit else {
      findings.append(
        Finding(
          .manyPublicKeys, in: PublicKeys.folder,
          "\(count) files, more than \(PublicKeys.limit), so it was not checked who can read the "
            + "entries, nor the public keys",
          hint: "remove those of people whom no ciphertext of git's history names"))
      return nil
    }
    let why: String
    if let program {
      do throws(GPGError) {
        let keys = try PublicKeys(of: repository, program: program)
        let lists = (try? repository.vault.recipientLists()) ?? []
        findings += PublicKeyChecks(
          keys: keys, recipients: Set(lists.flatMap(\.recipients).map(\.fingerprint)),
          policy: repository.configuration.policy, now: now
        ).findings()
        return keys
      } catch {
        why = error.message
      }
    } else {
      why = "cannot find gpg"
    }
    findings.append(
      Finding(
        .noGPG, .warning, in: PublicKeys.folder,
        "\(why), so it was not checked who can read the entries, nor the public keys",
        hint: "apt-get install gpg"))
    return nil
  }

  private func folder(
    _ relative: String, in root: borrowing Folder, _ keys: PublicKeys?
  ) -> [Finding] {
    let path = repository.vault.path(relative)
    let items: [Folder.Item]
    do throws(FileError) {
      items = try root.folder(path).items()
    } catch {
      return [Finding(.unreadable, in: path, error.message)]
    }
    // git would run what the configuration of a repository inside this one says.
    if ["HEAD", "config", "objects"].allSatisfy({ part in items.contains { $0.name == part } }) {
      return [
        Finding(
          .gitInVault, in: path, "this is a git repository of its own, which git may enter",
          hint: "remove it")
      ]
    }
    var findings = strays(items, in: relative)
    let entries = Self.entryNames(items, in: relative)
    let hasList = items.contains { $0.name == RecipientList.fileName }
    if hasList || !entries.isEmpty {
      findings += RecipientChecks(repository: repository, folder: relative)
        .findings(isOwn: hasList)
    }
    let drift = entries.isEmpty ? nil : driftChecks(of: relative, keys)
    let outcomes = concurrentMap(entries.count) { index in
      EntryChecks(
        repository: repository, now: now, name: entries[index], readers: drift?.readers,
        judgesSignatures: judgesSignatures
      ).outcome()
    }
    findings += outcomes.flatMap(\.findings)
    let drifts = zip(entries, outcomes).compactMap { name, outcome in
      outcome.drift.map { (name, $0) }
    }
    findings += drift?.findings(drifts, in: path) ?? []
    for item in items where item.kind == .folder && !item.name.hasPrefix(".") {
      findings += folder(
        relative.isEmpty ? item.name : "\(relative)/\(item.name)", in: root, keys)
    }
    return findings
  }

  /// nil where a list is at fault: it tells only half of who is wanted.
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

  private func strays(_ items: [Folder.Item], in relative: String) -> [Finding] {
    items.compactMap { item in
      let file = "\(repository.vault.path(relative))/\(item.name.printable)"
      if item.kind == .link {
        return Finding(
          .symbolicLink, in: file, "a symbolic link is not followed",
          hint: "put the file itself here, or remove the link")
      }
      switch item.name {
      case RecipientList.fileName, RecipientList.publicKeys, ".gpg-id.sig", ".recipients.sig":
        return nil
      case ".gitattributes", ".git":
        return Finding(
          .gitInVault, in: file,
          "'\(item.name)' in the vault can change what git shows and checks out",
          hint: "remove it; the repository's root is the place for it")
      default: break
      }
      if item.kind == .other {
        return Finding(.unreadable, in: file, "this is no regular file", hint: "remove it")
      }
      guard item.kind == .file else { return nil }
      if item.name.hasSuffix(".gpg") || item.name.hasSuffix(".yaml"), !item.name.hasPrefix(".") {
        return badName(item.name, in: relative, file: file)
      }
      return Finding(
        .strayFile, .warning, in: file, "this is no entry, no sidecar and no recipient",
        hint: "if it holds a key in the clear, remove it and rotate the key")
    }
  }

  private func badName(_ name: String, in relative: String, file: String) -> Finding? {
    let base = name.hasSuffix(".gpg") ? name.dropLast(4) : name.dropLast(5)
    let path = relative.isEmpty ? String(base) : "\(relative)/\(base)"
    return EntryName.objection(to: path).map {
      Finding(.badEntryName, .warning, in: file, "no command can use this entry: \($0)")
    }
  }

  /// Two entries of an environment that give the same variable.
  private func variables() -> [Finding] {
    guard let entries = try? repository.vault.entriesByEnvironment() else { return [] }
    return entries.filter { $0.key != "" }.sorted { $0.key < $1.key }.flatMap { environment, own in
      let alone = [environment: own]
      let conflicts = (try? Assembly(environment, of: alone, in: repository))?.conflicts ?? []
      return conflicts.map { conflict in
        Finding(
          .sameVariable, .warning, in: conflict.second.sidecarPath, conflict.failure.message,
          hint: conflict.failure.hints.first)
      }
    }
  }
}
