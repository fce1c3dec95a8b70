internal import Naming

/// The files of a merge as the common ancestor and as each side has them, whatever git made of them.
///
/// git follows a file that moves by its text. A ciphertext has none in common with what it was, so
/// an index has the sides of an entry only while the entry stays in its place.
struct MergeTrees {
  /// Ids of contents, by path relative to the keyvault repository's root.
  typealias Files = [Name: String]

  let base: Files
  let ours: Files
  let theirs: Files
  /// Files that not every common ancestor has, or not as the others have it: what a side changed of
  /// them is unknown.
  private let disputed: Set<Name>
  /// Files of the ancestor that are known from the index alone, since git names no commit, as for a patch that
  /// it applies, and no commit of our history that fits has them either.
  private let assumed: Set<Name>

  func files(of side: Side) -> Files { side == .ours ? ours : theirs }

  /// Whether it is not known what else the ancestor had while it had this entry, so that one of our entries may
  /// be a copy of it that is older.
  func isAssumed(_ name: EntryName) -> Bool { assumed.contains(Name(name.ciphertextPath)) }

  /// Whether the common ancestors agree on an entry.
  func isAgreed(on name: EntryName) -> Bool {
    disputed.isDisjoint(with: [Name(name.ciphertextPath), Name(name.sidecarPath)])
  }

  /// Of what git has in progress at `root` (absolute): the commits that every conflict is from,
  /// else as far as the index shows.
  /// `unmerged` are the conflicts; without any, the commits alone count, and those of the
  /// last merge. nil if there was none.
  init?(
    at root: String, index: Index, prefix: String, unmerged: [Index.Item]
  ) throws(Failure) {
    guard !unmerged.isEmpty else {
      guard let pair = MergePair.undisputed(at: root) else { return nil }
      try self.init(of: pair, root)
      return
    }
    for pair in MergePair.candidates(at: root) {
      guard let trees = try? MergeTrees(of: pair, root), trees.hasAll(unmerged, prefix: prefix)
      else { continue }
      self = trees
      return
    }
    try self.init(guessedFrom: index, prefix: prefix, unmerged: unmerged, root)
  }

  private init(
    guessedFrom index: Index, prefix: String, unmerged: [Index.Item], _ root: String
  ) throws(Failure) {
    ours = try Self.files(of: "HEAD", root)
    let past = try Self.past(root, prefix, unmerged) ?? ours
    (base, theirs) = try Self.files(in: index, prefix: prefix, over: ours, past)
    disputed = []
    assumed = Set(base.keys.filter { past[$0] == nil })
  }

  private init(of pair: MergePair, _ root: String) throws(Failure) {
    ours = try Self.files(of: pair.ours, root)
    theirs = try Self.files(of: pair.theirs, root)
    let bases = try pair.bases.map { base throws(Failure) in try Self.files(of: base, root) }
    var files: Files = [:]
    for base in bases { files.merge(base) { first, _ in first } }
    base = files
    disputed = Set(files.filter { file in bases.contains { $0[file.key] != file.value } }.keys)
    assumed = []
  }

  /// Whether every side of every conflict is of these commits, so that it is they that git merges.
  private func hasAll(_ unmerged: [Index.Item], prefix: String) -> Bool {
    let before = Set(names: base.values)
    let (mine, other) = (Set(names: ours.values), Set(names: theirs.values))
    let withAncestor = Set(names: unmerged.filter { $0.stage == 1 }.map(\.path))
    var isAnyKnown = false
    for item in unmerged {
      let path = Name(item.path.dropFirst(prefix.count))
      let isKnown =
        switch item.stage {
        // git merges several ancestors into one that no commit has.
        case 1: before.contains(item.object) || !disputed.isEmpty
        // Where two files meet by a move, git stages what it made of both sides, and of a text that may be new.
        case _ where !withAncestor.contains(item.path):
          mine.contains(item.object) || other.contains(item.object)
            || path.text.hasSuffix(".yaml") && base[path] == nil
        case 2: mine.contains(item.object)
        default: other.contains(item.object)
        }
      guard isKnown else { return false }
      let objects = item.stage == 1 ? [before] : [mine, other]
      if objects.contains(where: { $0.contains(item.object) }) { isAnyKnown = true }
    }
    return isAnyKnown
  }

  private static func files(of commit: String?, _ root: String) throws(Failure) -> Files {
    guard let commit else { return [:] }
    do throws(Failure) {
      return try Snapshot(commit, of: root).files
    } catch let error where error.kind == .notFound && commit == "HEAD" {
      return [:]
    } catch {
      throw error
    }
  }

  /// The files of the commit of our history that a patch without a commit fits best: one after which we removed
  /// or moved what the patch changes. nil if there is none.
  private static func past(
    _ root: String, _ prefix: String, _ unmerged: [Index.Item]
  ) throws(Failure) -> Files? {
    let kept = Set(names: unmerged.filter { $0.stage == 2 }.map(\.path))
    let expected = unmerged.filter { $0.stage == 1 }.map { item in
      (path: Name(item.path.dropFirst(prefix.count)), item: item)
    }
    let gone = expected.filter { !kept.contains($0.item.path) }.map(\.path.text)
    guard !gone.isEmpty else { return nil }
    let git = Git(in: root)
    let removals = try RawLog.changes(
      git, in: ["HEAD"], below: gone, or: "git could not list the history of what the patch changes"
    ).filter { $0.object.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }
    var commits: [String] = []
    for removal in removals where !commits.contains(removal.commit) {
      commits.append(removal.commit)
      if commits.count == Limits.pastCommits { break }
    }
    var best: (score: Int, files: Files)?
    for parent in commits.flatMap({ MergePair.parents(of: $0, git) }) {
      let files = try files(of: parent, root)
      let score = expected.count { path, item in
        files[path].map { $0.utf8.elementsEqual(item.object.utf8) } ?? false
      }
      if score > best?.score ?? 0 { best = (score, files) }
    }
    return best?.files
  }

  /// The ancestor and the other side, where no commit is known: what git could merge is in the index, and what
  /// it left alone is as in the past.
  private static func files(
    in index: Index, prefix: String, over ours: Files, _ past: Files
  ) throws(Failure) -> (base: Files, theirs: Files) {
    var (base, theirs) = (past, past)
    let items = try index.items(below: [prefix + Paths.vault]).filter { $0.kind == .file }
      .map { (path: Name($0.path.dropFirst(prefix.count)), item: $0) }
    let staged = Set(items.map(\.path))
    for path in ours.keys where !staged.contains(path) && path.text.hasPrefix(Paths.vault + "/") {
      theirs[path] = nil
    }
    let unmerged = Dictionary(grouping: items.filter { $0.item.stage != 0 }) { $0.path }
    for path in unmerged.keys {
      (base[path], theirs[path]) = (past[path], past[path])
    }
    for (path, item) in items where item.stage == 0 && ours[path] != item.object {
      theirs[path] = item.object
    }
    for (path, sides) in unmerged {
      func object(_ stage: Int) -> String? { sides.first { $0.item.stage == stage }?.item.object }
      let home = home(of: path, object(1), object(2), ours, past, unmerged)
      // A file that we moved is in conflict where we have it, and theirs is where it was.
      let isOurMove = home != path && object(2) != nil && object(2) == ours[path]
      base[home] = object(1)
      theirs[isOurMove ? home : path] = object(3)
      if !isOurMove, home != path { theirs[home] = nil }
    }
    return (base, theirs)
  }

  /// Where the ancestor had a file that is in conflict at `path`, for git may have followed a sidecar to where a
  /// side moved it.
  private static func home(
    of path: Name, _ object: String?, _ own: String?, _ ours: Files, _ past: Files,
    _ unmerged: [Name: [(path: Name, item: Index.Item)]]
  ) -> Name {
    guard let object, past[path] != object else { return path }
    if let known = past.first(where: { $0.value == object })?.key { return known }
    if let own, ours[path] != own, let kept = ours.first(where: { $0.value == own })?.key {
      return kept
    }
    guard past[path] != nil, let partner = path.text.partner, unmerged[Name(partner)] == nil else {
      return path
    }
    // It is the sidecar of the one ciphertext that is in conflict without one.
    let alone = unmerged.keys.filter { other in
      guard other.text.hasSuffix(".gpg"), let sidecar = other.text.partner else { return false }
      return unmerged[Name(sidecar)] == nil && past[Name(sidecar)] == nil
    }
    return alone.count == 1 ? alone[0].text.partner.map { Name($0) } ?? path : path
  }
}
