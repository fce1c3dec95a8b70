internal import YAML

/// Everything that can be checked without a private key and without a network.
public struct Validator: Sendable {
  /// The repository's root, absolute.
  let root: String
  let now: Timestamp
  private let program: GPGProgram?
  private let readsHistory: Bool
  private let trust: SigningTrust
  private let base: String?
  private let names: NamePolicy

  /// `program` is gpg, which says what a public key file holds and judges signatures; without one, that and
  /// who can read the entries is not checked, and a finding says so. `trust` says whose signatures
  /// count. `base` names a commit that is trusted: the current files are then a change of it, and
  /// its policy counts. `readsHistory` searches git history for former readers.
  /// `names` says which variables a
  /// person allows.
  public init(
    root: String, now: Timestamp, program: GPGProgram?, readsHistory: Bool = false,
    trust: SigningTrust = .none, base: String? = nil, names: NamePolicy = NamePolicy()
  ) {
    self.root = root
    self.now = now
    self.program = program
    self.readsHistory = readsHistory
    self.trust = trust
    self.base = base
    self.names = names
  }

  /// What was found, sorted by file and place, and how much was looked at.
  public struct Outcome: Sendable {
    public let findings: [Finding]
    public let providers: Int
    public let entries: Int
    /// Entries that git has and a sparse checkout leaves out. They are only compared with the base.
    var absent = 0
    /// What it was compared with, such as `'main' (0123456789)`.
    var base: String?

    public func count(_ severity: Finding.Severity) -> Int {
      findings.count { $0.severity == severity }
    }

    /// `0 errors, 1 warning`.
    public var counts: String {
      KeyVault.count(count(.error), "error") + ", " + KeyVault.count(count(.warning), "warning")
    }

    /// `checked keyvault.yaml, 1 provider file and 7 entries: 0 errors, 1 warning`.
    public var summary: String {
      "checked \(Paths.configuration), \(KeyVault.count(providers, "provider file")) and "
        + KeyVault.count(entries, "entry", "entries")
        + (absent == 0 ? "" : ", besides \(absent) that are not checked out")
        + (base.map { " against \($0)" } ?? "")
        + ": \(counts)"
    }
  }

  /// Throws only if there is nothing to check, or nothing to compare it with.
  public func outcome() throws(Failure) -> Outcome {
    // A writer between two files would look like a fault; where there are no locks, it may.
    let lock = RepositoryLock.shared(of: root)
    defer { withExtendedLifetime(lock) {} }
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try Folder(root).read(Paths.configuration, limit: Limits.document)
    } catch {
      throw error.failure
    }
    let snapshot = try base.map { name throws(Failure) in try Snapshot(name, of: root) }
    let providers = ProviderChecks(root: root, names: names)
    // In this order: where there are too many, the last ones are counted and not listed.
    var findings = FindingList()
    var (entries, absent) = (0, 0)
    switch CheckedDocument.read(bytes, as: .keyvault, file: Paths.configuration) {
    case .failure(let malformed): findings += malformed.findings
    case .success(let checked):
      var repository = try Repository(at: root)
      repository.names = names
      if let snapshot {
        findings.isOfChange = true
        findings += try BaseChecks(
          repository: repository, root: checked.root, base: snapshot, program: program, trust: trust
        ).findings()
        findings.isOfChange = false
      }
      let before = try snapshot.flatMap { base throws(Failure) in try SigningBase(base) }
      findings += signatures(of: repository, against: before).findings()
      if let before {
        repository.configuration = repository.configuration.judged(by: before.configuration)
      }
      findings += ConfigurationChecks(root: checked.root, repository: repository).findings()
      findings += PlaintextDocument(file: Paths.configuration, bytes: bytes) { .builtIn }
        .findings()
      VaultChecks(
        repository: repository, now: now, program: program, readsHistory: readsHistory,
        judgesSignatures: trust.least != .off && !trust.signers.isEmpty
      ).add(to: &findings)
      findings += absentFindings(repository.absent)
      // What cannot be read was said.
      entries = (try? repository.vault.names().count) ?? 0
      absent = (try? repository.vault.absentNames().count) ?? 0
    }
    findings += TrackedFiles(in: root).findings()
    findings += stateFindings()
    findings += ignoredFindings()
    findings += AttributeChecks(root: root).findings()
    findings += schemaFindings()
    providers.add(to: &findings)
    var all = findings.findings.withEachKeyOnce
    if let snapshot { all = BaseChecks.annotated(all, against: snapshot, root: root) }
    return Outcome(
      findings: all.sorted(by: Self.precedes).withoutKeys, providers: providers.files.count,
      entries: entries, absent: absent,
      base: snapshot.map { "\($0.name) (\($0.commit.prefix(10)))" })
  }

  /// A change may ask for more than its base, and for nothing less.
  private func signatures(
    of repository: Repository, against base: SigningBase?
  ) -> SignatureChecks {
    let rules = SigningRules(
      base?.configuration ?? repository.configuration, trust: trust,
      atLeast: repository.configuration.policy.signatures)
    return SignatureChecks(
      repository: repository, rules: rules, before: base?.recipients, program: program)
  }

  private static func precedes(_ a: Finding, _ b: Finding) -> Bool {
    (a.file, a.line, a.column, a.code, a.message) < (b.file, b.line, b.column, b.code, b.message)
  }

  /// Files that a sparse checkout leaves out count like the others, so that each must be readable.
  private func absentFindings(_ absent: AbsentFiles) -> [Finding] {
    do throws(FileError) {
      try absent.checkAreReadable()
      return []
    } catch {
      return [
        Finding(
          .unreadable, in: Paths.vault,
          "\(error.message), so not all checks were made", hint: error.hint)
      ]
    }
  }

  /// Editors read `Schemas/`; a changed copy would tell them something else than we check.
  private func schemaFindings() -> [Finding] {
    do throws(FileError) {
      let folder = try Folder(root).folder(Paths.schemas)
      return SchemaLibrary.names.compactMap { Self.schemaFinding($0, in: folder) }
    } catch let error where error.isMissing {
      return []
    } catch {
      return [Finding(error.findingCode, in: Paths.schemas, error.message, hint: error.hint)]
    }
  }

  private static func schemaFinding(_ name: String, in folder: borrowing Folder) -> Finding? {
    let file = name + ".schema.json"
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try folder.read(file, limit: Limits.document)
    } catch let error where error.isMissing {
      return nil
    } catch {
      return Finding(.unreadable, in: "\(Paths.schemas)/\(file)", error.message, hint: error.hint)
    }
    guard bytes != Array((SchemaLibrary.text(name) ?? "").utf8) else { return nil }
    return Finding(
      .schemaChanged, .warning, in: "\(Paths.schemas)/\(file)",
      "this is not the schema that this version of keyvault checks with",
      hint: "write the right one: \(Shell("keyvault schema \(name) > Schemas/\(file)"))")
  }

  /// Files that git ignores. That git does not tell is a warning: nothing else depends on it.
  private func ignoredFindings() -> [Finding] {
    do throws(Failure) {
      return try IgnoredFiles(in: root).findings()
    } catch {
      return [
        Finding(
          .ignoredByGit, .warning, in: Paths.configuration, error.message,
          hint: error.hints.first)
      ]
    }
  }

  private func stateFindings() -> [Finding] {
    guard let folder = try? Folder(root), let kind = folder.kind(of: Paths.state) else {
      return []
    }
    guard kind == .folder else {
      return [
        Finding(
          .symbolicLink, in: Paths.state, "this machine's own state is not a folder",
          hint: "remove it: commands that need it refuse to run")
      ]
    }
    guard Journal.isPending(in: root) else { return [] }
    return [
      Finding(
        .interrupted, .warning, in: Journal.folder,
        "a change of several files was interrupted, and some files are still the old ones",
        hint: "complete it: keyvault reencrypt")
    ]
  }
}
