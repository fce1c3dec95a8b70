internal import GPG
internal import YAML

/// One entry: its ciphertext's structure, its sidecar, and that they belong together.
struct EntryChecks {
  let repository: Repository
  let now: Timestamp
  let name: EntryName
  /// nil where it is not known who can read what.
  let readers: Readers?
  /// Whether a signature that does not count is reported elsewhere.
  let judgesSignatures: Bool

  /// What is wrong with the entry alone, and who can read it who should not, or the other way round; nil
  /// where there is no ciphertext to tell.
  struct Outcome {
    var findings: [Finding] = []
    var drift: Drift?
  }

  func outcome() -> Outcome {
    do throws(FileError) {
      return outcome(
        in: try Folder(repository.root).folder(repository.vault.path(name.environment)))
    } catch {
      let fault = Finding(
        error.findingCode, in: name.ciphertextPath, error.message, hint: error.hint)
      return Outcome(findings: [fault])
    }
  }

  private func outcome(in folder: borrowing Folder) -> Outcome {
    let hasKey = folder.kind(of: name.ciphertextName) == .file
    let hasSidecar = folder.kind(of: name.sidecarName) == .file
    var outcome = Outcome()
    if name.environment.isEmpty {
      outcome.findings.append(
        Finding(
          .atRoot, .warning, in: hasKey ? name.ciphertextPath : name.sidecarPath,
          "an entry at the vault's root belongs to no environment, so it is never rendered",
          hint: "move it into a folder: \(Shell("keyvault mv \(name) ENVIRONMENT/"))"))
    }
    let ciphertext = hasKey ? self.ciphertext(folder, &outcome) : nil
    if hasSidecar {
      sidecar(
        folder, hasKey: hasKey || isAbsent(name.ciphertextPath), ciphertext, &outcome.findings)
    } else if !isAbsent(name.sidecarPath) {
      outcome.findings.append(
        Finding(
          .noSidecar, .warning, in: name.ciphertextPath, "no \(name.sidecarName) beside it",
          hint: "run '\(Shell("keyvault adopt \(name)"))'"))
      checkProvider(name.name, in: name.ciphertextPath, at: .start, &outcome.findings)
    }
    return outcome
  }

  /// Whether git has a file that is not checked out.
  private func isAbsent(_ path: String) -> Bool {
    (try? repository.absent.holds(path)) ?? false
  }

  /// The file's bytes, if it is what it must be.
  private func ciphertext(
    _ folder: borrowing Folder, _ outcome: inout Outcome
  ) -> [UInt8]? {
    let file = name.ciphertextPath
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try folder.read(name.ciphertextName, limit: Limits.ciphertext)
    } catch {
      outcome.findings.append(Finding(.unreadable, in: file, error.message, hint: error.hint))
      return nil
    }
    do throws(MessageError) {
      let message = try Message(bytes)
      if message.hasHiddenRecipients, !repository.configuration.policy.allowsHiddenRecipients {
        outcome.findings.append(
          Finding(
            .hiddenRecipient, in: file,
            "a recipient is hidden, so it is unknown who can read this",
            hint: "encrypt it again: \(Shell("keyvault add \(name) --replace"))"))
      }
      outcome.drift = readers?.drift(of: message)
    } catch {
      if let finding = ConflictMarkers.finding(in: bytes, file: file) {
        outcome.findings.append(finding)
        return nil
      }
      outcome.findings.append(Finding(.notOpenPGP, in: file, error.message, hint: error.hint))
    }
    return bytes
  }

  private func sidecar(
    _ folder: borrowing Folder, hasKey: Bool, _ ciphertext: [UInt8]?, _ findings: inout [Finding]
  ) {
    let file = name.sidecarPath
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try folder.read(name.sidecarName, limit: Limits.sidecar)
    } catch {
      findings.append(Finding(.unreadable, in: file, error.message, hint: error.hint))
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
    findings += PlaintextSidecar(file: file, bytes: bytes, root: root, of: repository)
      .findings(name)
    if !hasKey {
      findings.append(
        Finding(
          .noKey, in: file, "no \(name.ciphertextName) beside it",
          hint:
            "if the key was moved, run '\(Shell("keyvault adopt NEW --from \(name)"))'; else run "
            + "'\(Shell("keyvault add \(name)"))', or remove this file"))
    }
    if let ciphertext, let digest = sidecar.digest, digest != Vault.digest(ciphertext) {
      findings.append(
        Finding(
          .digestMismatch, in: file, at: root["digest"]?.place ?? .start,
          "the digest is not that of \(name.ciphertextName): one of the two was changed alone",
          hint: "restore the right one, or run "
            + "'\(Shell("keyvault adopt \(name)"))' once you have verified it"))
    }
    if let node = root["env"] {
      // A signature that counts vouches for the name.
      let isVouched = judgesSignatures && root[SignedEntry.field] != nil
      findings += repository.names.findings(node, in: file, of: name, isVouched: isVouched)
    }
    checkProvider(
      sidecar.provider ?? name.name, in: file, at: root["provider"]?.place ?? .start, &findings)
    findings += Sidecar.calendarFindings(in: root, file: file)
    findings += ClockChecks(now: now, policy: repository.configuration.policy(for: name, sidecar))
      .findings(sidecar, root, name: name)
  }

  private func checkProvider(
    _ id: String, in file: String, at place: Place, _ findings: inout [Finding]
  ) {
    guard !repository.catalogue.contains(id) else { return }
    let ids = repository.catalogue.ids
    findings.append(
      Finding(
        .unknownProvider, in: file, at: place, "unknown provider '\(id.printable(limit: 80))'",
        hint: Suggestion.closest(to: id, among: ids).map { "did you mean '\($0)'?" }
          ?? "set 'provider:' in the sidecar, or add \(Paths.providers)/\(id.printable(limit: 80)).yaml"
      ))
  }
}

/// What depends on the day, so that it is never more than a warning, except that a key stays
/// exposed.
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
          "the key expired on \(day)", hint: "rotate it: \(Shell("keyvault rotate \(name)"))"))
    case .overdue(let since):
      findings.append(rotation("the key should have been rotated by \(since)", root, name))
    case .due(let day):
      findings.append(rotation("the key must be rotated by \(day)", root, name))
    case .fresh, .unknown: break
    }
    if let exposed = sidecar.exposed {
      findings.append(
        exposure(exposed, in: file, at: root["exposed"]?.place ?? .start, name))
    }
    if let acknowledged = sidecar.acknowledged, acknowledged.hasEnded(at: now) {
      findings.append(
        Finding(
          .acknowledgementExpired, .warning, in: file,
          at: root[Acknowledgement.field]?["until"]?.place ?? .start,
          "'unverifiable' was accepted until \(acknowledged.until.day)",
          hint: "extend or remove the acknowledgement: "
            + "\(Acknowledgement.command(for: name, from: now))"))
    }
    return findings
  }

  private func exposure(
    _ exposed: Sidecar.Exposure, in file: String, at place: Place, _ name: EntryName
  ) -> Finding {
    let end = exposed.since?.adding(days: policy.exposedGrace)
    let isLate = end.map { $0 <= now } ?? true
    let since = exposed.since.map { " until \($0.day)" } ?? ""
    let late = isLate ? end.map { ", and a new one was due by \($0.day)" } ?? "" : ""
    return Finding(
      .exposed, isLate ? .error : .warning, in: file, at: place,
      "\(exposed.to ?? "a former recipient") could read this key\(since)\(late)",
      hint: "rotate it: \(Shell("keyvault rotate \(name)"))")
  }

  private func rotation(_ message: String, _ root: Node, _ name: EntryName) -> Finding {
    let place = (root["rotated"] ?? root["created"])?.place ?? .start
    return Finding(
      .rotationDue, .warning, in: name.sidecarPath, at: place, message,
      hint: "rotate it: \(Shell("keyvault rotate \(name)"))")
  }
}
