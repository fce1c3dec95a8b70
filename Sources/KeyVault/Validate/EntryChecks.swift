internal import GPG
internal import YAML

/// One entry: its ciphertext's structure, its sidecar, and that they belong together.
struct EntryChecks {
  let repository: Repository
  let now: Timestamp
  let name: EntryName
  /// nil where it is not known who can read what.
  let drift: DriftChecks?

  func findings() -> [Finding] {
    guard let folder = try? Folder(repository.root).folder(repository.vault.path(name.environment))
    else { return [] }
    let hasKey = folder.kind(of: name.ciphertextName) == .file
    let hasSidecar = folder.kind(of: name.sidecarName) == .file
    var findings: [Finding] = []
    if name.environment.isEmpty {
      findings.append(
        Finding(
          .atRoot, .warning, in: hasKey ? name.ciphertextPath : name.sidecarPath,
          "an entry at the vault's root belongs to no environment, so it is never rendered",
          hint: "move it into a folder: keyvault add ENVIRONMENT/\(name.name)"))
    }
    let ciphertext = hasKey ? self.ciphertext(folder, &findings) : nil
    if hasSidecar {
      sidecar(folder, hasKey: hasKey, ciphertext, &findings)
    } else {
      findings.append(
        Finding(
          .noSidecar, .warning, in: name.ciphertextPath, "no \(name.sidecarName) beside it",
          hint: "run 'keyvault adopt \(name)'"))
      checkProvider(name.name, in: name.ciphertextPath, at: .start, &findings)
    }
    return findings
  }

  /// The file's bytes, if it is what it must be.
  private func ciphertext(
    _ folder: borrowing Folder, _ findings: inout [Finding]
  ) -> [UInt8]? {
    let file = name.ciphertextPath
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try folder.read(name.ciphertextName, limit: Limits.ciphertext)
    } catch {
      findings.append(Finding(.unreadable, in: file, error.message))
      return nil
    }
    do throws(MessageError) {
      let message = try Message(bytes)
      if message.hasHiddenRecipients, !repository.configuration.policy.allowsHiddenRecipients {
        findings.append(
          Finding(
            .hiddenRecipient, in: file,
            "a recipient is hidden, so nobody can tell who can read this",
            hint: "encrypt it again: keyvault add \(name) --force"))
      }
      findings += drift?.findings(message, of: name) ?? []
    } catch {
      findings.append(Finding(.notOpenPGP, in: file, error.message, hint: error.hint))
    }
    return bytes
  }

  private func sidecar(
    _ folder: borrowing Folder, hasKey: Bool, _ ciphertext: [UInt8]?, _ findings: inout [Finding]
  ) {
    let file = name.sidecarPath
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try folder.read(name.sidecarName, limit: Limits.document)
    } catch {
      findings.append(Finding(.unreadable, in: file, error.message))
      return
    }
    let root: Node
    let sidecar: Sidecar
    switch CheckedDocument.read(bytes, as: .entry, file: file) {
    case .failure(let malformed):
      findings += malformed.findings
      return
    case .success(let checked):
      root = checked.root
      sidecar = Sidecar(checked)
    }
    if !hasKey {
      findings.append(
        Finding(
          .noKey, in: file, "no \(name.ciphertextName) beside it",
          hint: "run 'keyvault add \(name)', or remove this file"))
    }
    if let ciphertext, let digest = sidecar.digest, digest != Vault.digest(ciphertext) {
      findings.append(
        Finding(
          .digestMismatch, in: file, at: root["digest"]?.place ?? .start,
          "this is not the digest of \(name.ciphertextName): one of the two was changed alone",
          hint: "restore the right one, or run 'keyvault adopt \(name)' once you know it is right"))
    }
    if let node = root["env"], let objection = BaseURLVariable.objection(to: node.string ?? "") {
      findings.append(.notAllowed(objection, in: file, at: node.place))
    }
    checkProvider(
      sidecar.provider ?? name.name, in: file, at: root["provider"]?.place ?? .start, &findings)
    findings += Sidecar.calendarFindings(in: root, file: file)
    findings += ClockChecks(now: now, policy: repository.configuration.policy)
      .findings(sidecar, root, name: name)
  }

  private func checkProvider(
    _ id: String, in file: String, at place: Place, _ findings: inout [Finding]
  ) {
    guard !repository.catalogue.contains(id) else { return }
    let ids = repository.catalogue.ids
    findings.append(
      Finding(
        .unknownProvider, in: file, at: place, "no provider '\(id.printable(limit: 80))' is known",
        hint: Suggestion.closest(to: id, among: ids).map { "did you mean '\($0)'?" }
          ?? "set 'provider:' in the sidecar, or add \(Catalogue.folder)/\(id.printable(limit: 80)).yaml"
      ))
  }
}

/// What depends on the day, so that it is never more than a warning.
struct ClockChecks {
  let now: Timestamp
  let policy: Configuration.Policy

  func findings(_ sidecar: Sidecar, _ root: Node, name: EntryName) -> [Finding] {
    let file = name.sidecarPath
    var findings: [Finding] = []
    switch Freshness(sidecar, policy: policy, now: now) {
    case .expired(let day):
      findings.append(
        Finding(
          .expired, .warning, in: file, at: root["expires"]?.place ?? .start,
          "the key expired on \(day)", hint: "run 'keyvault add \(name) --force' with a new key"))
    case .overdue(let since):
      findings.append(rotation("the key should have been rotated by \(since)", root, name))
    case .due(let day):
      findings.append(rotation("the key must be rotated by \(day)", root, name))
    case .fresh, .unknown: break
    }
    if sidecar.exposed != nil {
      findings.append(
        Finding(
          .exposed, .warning, in: file, at: root["exposed"]?.place ?? .start,
          "somebody who must not read this key could", hint: "rotate it"))
    }
    return findings
  }

  private func rotation(_ message: String, _ root: Node, _ name: EntryName) -> Finding {
    let place = (root["rotated"] ?? root["created"])?.place ?? .start
    return Finding(
      .rotationDue, .warning, in: name.sidecarPath, at: place, message,
      hint: "run 'keyvault add \(name) --force' with a new key")
  }
}
