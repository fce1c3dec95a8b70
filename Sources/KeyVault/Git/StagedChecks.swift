internal import GPG
public import Machine
internal import Naming
internal import YAML

/// What is wrong with what the next commit will have: plaintext, half of an entry, and all that
/// ``Validator`` finds in the files that change.
public struct StagedChecks {
  private let workTree: WorkTree
  private let index: Index
  private let now: Timestamp
  private let program: GPGProgram?
  private let names: NamePolicy
  private let makeScratch: () throws(ScratchError) -> ScratchFolder

  /// `folder` (absolute) lies in the work tree. `program` is gpg, which says what a public key file
  /// holds, and `names` says which variables a person allows. `makeScratch` gives a new folder for a copy
  /// of what is staged.
  public init(
    around folder: String, now: Timestamp, program: GPGProgram?, names: NamePolicy = NamePolicy(),
    makeScratch: @escaping () throws(ScratchError) -> ScratchFolder
  ) throws(Failure) {
    workTree = try WorkTree(around: folder)
    index = Index(of: workTree)
    self.now = now
    self.program = program
    self.names = names
    self.makeScratch = makeScratch
  }

  /// Sorted by file and place, named from the top of the work tree. Empty where nothing is staged,
  /// and in a repository that is none of keyvault's.
  public func findings() throws(Failure) -> [Finding] {
    let changes = try index.changes()
    let roots = changes.isEmpty ? [] : try workTree.repositories()
    let paths = Set(names: changes.map(\.path))
    let others = unstagedRoots(paths).filter { !roots.contains($0) }
    guard !roots.isEmpty || !others.isEmpty else { return [] }
    let scan = KeyScan(
      others: (roots + others).flatMap { Catalogue(root: workTree.top + "/" + $0).own })
    var findings = try Self.keysInTheClear(
      changes, roots + others, scan, in: index)
    findings += others.map { root in
      Finding(
        code: "half-staged", severity: .error, file: root + Configuration.fileName,
        message: "its vault is staged and this file is not, so nothing in it was checked",
        hint: Shell("git add -- \(root + Configuration.fileName)").description)
    }
    for root in roots {
      findings += state(changes, root)
      let parts = [Configuration.fileName, Catalogue.folder + "/", "Schemas/", Vault.folder]
      guard paths.contains(where: { path in parts.contains { path.text.hasPrefix(root + $0) } })
      else {
        continue
      }
      findings += try validation(of: root, paths)
    }
    return FindingList(findings.map(scan.masking(paths.map(\.text)))).findings.sorted {
      ($0.file, $0.line, $0.column, $0.code) < ($1.file, $1.line, $1.column, $1.code)
    }
  }

  /// Folders of repositories whose vault changes, as far as they lie in the work tree.
  private func unstagedRoots(_ paths: Set<Name>) -> [String] {
    let roots = paths.compactMap { path -> String? in
      let parts = path.text.split(separator: "/")
      guard let end = parts.firstIndex(where: { $0 == Vault.folder }) else { return nil }
      return parts[..<end].map { $0 + "/" }.joined()
    }
    let top = try? Folder(workTree.top)
    return Set(names: roots).sortedTexts.filter { top?.holds($0 + Configuration.fileName) == true }
  }

  /// This machine's own state, which `git add -f` takes.
  private func state(_ changes: [Index.Change], _ root: String) -> [Finding] {
    let folder = root + LocalState.folder
    let staged = changes.first {
      $0.item != nil && ($0.path == folder || $0.path.hasPrefix(folder + "/"))
    }
    guard let staged else { return [] }
    return [
      Finding(
        .stateCommitted, in: staged.path,
        "this machine's own state is no part of a repository, where anybody can write it",
        hint: Shell("git rm -r --cached \(folder)").description)
    ]
  }

  /// Keys in the files that change. `roots` are the folders of repositories, relative to the top.
  static func keysInTheClear(
    _ changes: [Index.Change], _ roots: [String], _ scan: KeyScan, in index: Index
  ) throws(Failure) -> [Finding] {
    // The object of a link is its target.
    let files = changes.compactMap(\.item).filter { $0.kind != .submodule }
    let sizes = try GitObjects(index.git).sizes(files.map(\.object))
    let small = zip(files, sizes).filter { $1 <= KeyScan.sizeLimit }.map(\.0)
    var findings = changes.compactMap(\.item).flatMap { scan.findings(inPath: $0.path) }
    // A few at a time: a first commit may have any number.
    for start in stride(from: 0, to: small.count, by: 16) {
      let batch = small[start..<min(start + 16, small.count)]
      let blobs = try GitObjects(index.git).blobs(
        batch.map(\.object), limit: KeyScan.sizeLimit)
      for (item, blob) in zip(batch, blobs) {
        guard let blob else { continue }
        findings += scan.findings(in: blob, path: item.path, repositories: roots)
      }
    }
    return findings
  }

  /// What ``Validator`` has against the files that change.
  private func validation(of root: String, _ paths: Set<Name>) throws(Failure) -> [Finding] {
    let scratch: ScratchFolder
    do throws(ScratchError) {
      scratch = try makeScratch()
    } catch {
      throw FileError(.create, error.path, error.code).failure
    }
    defer { scratch.remove() }
    let tree = try StagedTree(of: root, in: index, changes: paths, to: scratch)
    let outcome = try Validator(root: tree.root, now: now, program: program, names: names)
      .outcome()
    // With a broken keyvault.yaml nothing else was looked at, whoever broke it.
    let isBroken = (try? Repository(at: tree.root)) == nil
    let paths = isBroken ? paths.union([root + Configuration.fileName]) : paths
    let pairs = HalfStaged(workTree: workTree.top, changes: paths)
    return pairs.replacing(
      outcome.findings.map { finding in
        var finding = finding
        finding.file = root + finding.file
        return finding
      }.filter { Self.concerns($0, paths) })
  }

  /// Whether a finding is about what changes.
  private static func concerns(_ finding: Finding, _ paths: Set<Name>) -> Bool {
    let general: [Finding.Code] = [.noRecipients, .noGPG]
    if general.contains(where: { $0.rawValue == finding.code }) { return true }
    if paths.contains(finding.file) { return true }
    if let partner = finding.file.partner, paths.contains(partner) { return true }
    // A submodule is one path, and the finding is in it.
    let file = finding.file
    return file.utf8.indices.contains { index in
      file.utf8[index] == UInt8(ascii: "/") && paths.contains(String(file[..<index]))
    }
  }
}
