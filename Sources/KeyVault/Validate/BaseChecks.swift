internal import Naming
internal import YAML

/// What a change does to a repository, against the commit that it is to be merged into. That commit
/// is trusted, and nothing of the change is: not even its policy.
struct BaseChecks {
  let repository: Repository
  /// The work tree's keyvault.yaml.
  let root: Node
  let base: Snapshot
  let program: GPGProgram?
  let trust: SigningTrust

  /// Throws if git cannot be asked.
  func findings() throws(Failure) -> [Finding] {
    let index = Index(of: try WorkTree(around: repository.root))
    let changes = try index.changes(since: base.commit)
    let prefix = Git(in: repository.root).prefix ?? ""
    let roots = RootChanges(base: base, changes: changes, prefix: prefix)
    guard base.files[Paths.configuration] != nil else {
      return try roots.ofUncompared() + roots.ofOthers()
        + plaintextKeys(changes, in: index, prefix)
    }
    let rollback = RollbackChecks(repository: repository, base: base)
    var findings: [Finding] = []
    let places: [ChangedPlace]
    do throws(Failure) {
      places = try rollback.changedPlaces()
    } catch let error where error.kind != .inconclusive {
      places = []
      findings.append(
        Finding(
          .unreadable, in: Paths.vault,
          "\(error.message), so its entries were not compared with \(base.name)",
          hint: error.hints.first))
    }
    findings += try rollback.findings(places)
    let document = try Self.document(base)
    let configuration = document.map { Configuration($0) }
    if let document, let configuration {
      let steering = try SteeringBase(
        base, document, isStrict: SigningRules(configuration, trust: trust).policy == .required)
      findings += LooseningChecks(
        root: root, now: repository.configuration, before: configuration, base: base.name,
        severity: steering.severity()
      ).findings()
      findings += EnvironmentChanges(
        root: root, now: repository.configuration, base: steering
      ).findings()
      findings += ConfigurationChanges(root: root, base: steering).findings()
      findings += ProviderChanges(repository: repository, base: steering).findings()
      findings += try EntryChanges(repository: repository, base: steering).findings(places)
      findings += try SourceChanges(repository: repository, base: steering).findings(places)
    } else {
      findings.append(
        Finding(
          .baseUnreadable, in: Paths.configuration,
          "\(base.name) has an invalid version of this file, so the policy was not compared"))
    }
    let keys = publicKeys(&findings)
    findings += try ReaderChanges(
      repository: repository, base: base, keys: keys, configuration: configuration
    ).findings()
    findings += try roots.ofOthers() + plaintextKeys(changes, in: index, prefix)
    if let keys, let program {
      findings += try PublicKeyLosses(
        repository: repository, keys: keys, base: base, program: program
      ).findings()
    }
    return findings
  }

  /// What gpg says of the public keys. nil where it cannot be asked, and then a finding says so if the change
  /// touches one of them.
  private func publicKeys(_ findings: inout [Finding]) -> PublicKeys? {
    var why = Failure(.programMissing, "cannot find gpg", hints: ["apt-get install gpg"])
    if let program {
      do throws(Failure) {
        return try repository.publicKeys(program)
      } catch {
        why = error
      }
    }
    let changed = PublicKeyLosses.changed(in: repository, since: base)
    if let first = changed.first {
      findings.append(
        Finding(
          why.kind == .programMissing ? .noGPG : .unreadable, in: first.printable,
          "\(why.message), so the public keys were not compared with those of \(base.name)",
          hint: why.hints.first))
    }
    return nil
  }

  /// Plaintext keys, and files that were not searched, in what is committed or staged and differs
  /// from the base: in any file of the work tree, which may be larger than the repository.
  private func plaintextKeys(
    _ changes: [Index.Change], in index: Index, _ prefix: String
  ) throws(Failure) -> [Finding] {
    let checks = PlaintextChecks(
      index: index, scan: KeyScan(others: repository.catalogue.own), repositories: [prefix])
    return try checks.findings(changes).map { finding in
      var finding = finding
      finding.file = RootChanges.relative(finding.file, to: prefix)
      if finding.code == Finding.Code.plaintextKey.rawValue {
        finding.hint =
          "git keeps it, so revoke it at the provider, then store a new one: "
          + "keyvault add"
      }
      return finding
    }
  }

  /// nil where the commit has none, or none that is valid.
  static func configuration(_ base: Snapshot) throws(Failure) -> Configuration? {
    try document(base).map { Configuration($0) }
  }

  private static func document(_ base: Snapshot) throws(Failure) -> CheckedDocument? {
    guard let bytes = try base.read([Paths.configuration])[0] else { return nil }
    return try? CheckedDocument.read(bytes, as: .keyvault, file: Paths.configuration).get()
  }

  /// The findings of a whole validation, where it helps with what of them this change brought.
  static func annotated(_ findings: [Finding], against base: Snapshot, root: String) -> [Finding] {
    findings.map { finding in
      var finding = finding
      switch finding.code {
      case Finding.Code.overridesBuiltIn.rawValue, Finding.Code.schemaChanged.rawValue:
        if isChanged(finding.file, base, root) {
          finding.message += "; \(base.name) does not have it"
        }
      case Finding.Code.digestMismatch.rawValue:
        let key = String(finding.file.dropLast(".yaml".count)) + ".gpg"
        switch (isChanged(key, base, root), isChanged(finding.file, base, root)) {
        case (true, false): finding.message += ", the ciphertext: the sidecar is as in \(base.name)"
        case (false, true): finding.message += ", the sidecar: the ciphertext is as in \(base.name)"
        default: break
        }
      default: break
      }
      return finding
    }
  }

  private static func isChanged(_ path: String, _ base: Snapshot, _ root: String) -> Bool {
    let parts = path.split(separator: "/").map(String.init)
    let folder = try? Folder(root).folder(parts.dropLast().joined(separator: "/"))
    guard let bytes = try? folder?.read(parts.last ?? "", limit: Limits.ciphertext) else {
      return true
    }
    return !base.holds(bytes, at: path)
  }
}

extension Snapshot {
  /// For messages: `'origin/main'`.
  var name: String { "'\(revision.printable(limit: 80))'" }
}

extension SigningBase {
  /// nil where the commit's keyvault.yaml is missing or invalid.
  init?(_ base: Snapshot) throws(Failure) {
    guard let configuration = try BaseChecks.configuration(base) else { return nil }
    self.init(
      configuration,
      signedRecipients: try base.read([VaultFile.recipientsSignature.path])[0])
  }
}
