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

  /// `folder` (absolute) is in the work tree. `program` is gpg, which says what a public key file
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

  /// Sorted by file and place, named from the top of the work tree. Empty where nothing is staged.
  /// Plaintext keys are found in every repository, whether keyvault's or not.
  public func findings() throws(Failure) -> [Finding] {
    let changes = try index.changes()
    guard !changes.isEmpty else { return [] }
    let paths = Set(names: changes.map(\.path))
    let roots = try workTree.repositories()
    let others = untrackedRoots(near: paths).filter { !roots.contains($0) }
    let scan = KeyScan(
      others: (roots + others).flatMap { Catalogue(root: workTree.top + "/" + $0).own })
    let plaintext = PlaintextChecks(index: index, scan: scan, repositories: roots + others)
    var findings = try plaintext.findings(changes) + others.map { Self.notTracked($0, paths) }
    for root in roots {
      findings += state(changes, root)
      let ignored = try IgnoredFiles(in: workTree, below: root).all()
      findings += ignored.map { self.finding(of: $0, root, paths) }
      let parts = [Paths.configuration, Paths.providers + "/", Paths.schemas + "/", Paths.vault]
      guard paths.contains(where: { path in parts.contains { path.text.hasPrefix(root + $0) } })
      else {
        continue
      }
      let without = Set(names: ignored.flatMap(\.paths).map { root + $0 })
      findings += try validation(of: root, paths, ignored: without)
    }
    let told = findings.withEachKeyOnce.map(scan.masking(paths.map(\.text)))
    return FindingList(told).findings.sorted {
      ($0.file, $0.line, $0.column, $0.code) < ($1.file, $1.line, $1.column, $1.code)
    }
  }

  /// Folders of the work tree, at its top and above what changes, that have a keyvault.yaml.
  private func untrackedRoots(near paths: Set<Name>) -> [String] {
    var folders: Set<Name> = [""]
    for path in paths {
      var rest = path.text[...]
      while let slash = rest.lastIndex(of: "/") {
        rest = rest[..<slash]
        guard folders.insert(rest + "/").inserted else { break }
      }
    }
    let top = try? Folder(workTree.top)
    return folders.map(\.text).sorted(by: <)
      .filter { top?.holds($0 + Paths.configuration) == true }
  }

  /// Of a repository whose keyvault.yaml is neither committed nor staged.
  private static func notTracked(_ root: String, _ paths: Set<Name>) -> Finding {
    let file = root + Paths.configuration
    let hint = Shell("git add -- \(path: file)").description
    guard paths.contains(where: { $0.text.hasPrefix(root + Paths.vault + "/") }) else {
      return Finding(
        code: "not-tracked", severity: .warning, file: file,
        message: "git does not track this file, so only plaintext keys were searched for",
        hint: hint)
    }
    return Finding(
      code: "half-staged", severity: .error, file: file,
      message: "its vault is staged and this file is not, so nothing in it was checked", hint: hint)
  }

  /// Files that git ignores are an error where others that belong to them are committed.
  private func finding(
    of group: IgnoredFiles.Group, _ root: String, _ paths: Set<Name>
  ) -> Finding {
    let isHalf = group.paths.contains { path in
      if let partner = path.partner, paths.contains(root + partner) { return true }
      guard let slash = path.lastIndex(of: "/"),
        path[slash...].dropFirst().hasPrefix(Paths.list)
      else { return false }
      let folder = root + path[...slash]
      return paths.contains { $0.text.hasPrefix(folder) }
    }
    var shown = group
    shown.paths = group.paths.map { root + $0 }
    return Finding(
      .ignoredByGit, isHalf ? .error : .warning, in: shown.paths[0], shown.message,
      hint: shown.hint)
  }

  /// This machine's own state, which `git add -f` takes.
  private func state(_ changes: [Index.Change], _ root: String) -> [Finding] {
    let folder = root + Paths.state
    let staged = changes.first {
      $0.item != nil && ($0.path == folder || $0.path.hasPrefix(folder + "/"))
    }
    guard let staged else { return [] }
    return [
      Finding(
        .stateCommitted, in: staged.path,
        "this machine's own state must not be committed, since anyone could then write it",
        hint: Shell("git rm -r --cached \(path: folder)").description)
    ]
  }

  /// What ``Validator`` has against the files that change.
  private func validation(
    of root: String, _ paths: Set<Name>, ignored: Set<Name>
  ) throws(Failure) -> [Finding] {
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
    // With a broken keyvault.yaml nothing else was checked, whether or not the change broke it.
    let isBroken = (try? Repository(at: tree.root)) == nil
    let paths = isBroken ? paths.union([root + Paths.configuration]) : paths
    let pairs = HalfStaged(workTree: workTree.top, changes: paths, ignored: ignored)
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
