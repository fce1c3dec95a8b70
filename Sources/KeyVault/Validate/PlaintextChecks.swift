internal import Naming
internal import YAML

/// Plaintext keys in files of the index, and the files that were not searched.
struct PlaintextChecks {
  let index: Index
  let scan: KeyScan
  /// The folders of keyvault repositories, relative to the top: empty, or with a slash at the end.
  let repositories: [String]
  /// Most bytes that are searched.
  var limit = Limits.searched

  /// Throws if git cannot be asked.
  func findings(_ changes: [Index.Change]) throws(Failure) -> [Finding] {
    // The object of a link is its target.
    let files = changes.compactMap(\.item).filter { $0.kind != .submodule }
    let objects = GitObjects(index.git)
    let found = try objects.find(files.map(\.object))
    var findings = changes.compactMap(\.item).flatMap { scan.findings(inPath: $0.path) }
    var contents: [Content] = []
    var numbers: [Content.Key: Int] = [:]
    for (file, blob) in zip(files, found) {
      guard let blob else {
        findings.append(Self.notSearched([file.path], "git does not have its content here"))
        continue
      }
      let content = Content(blob: blob, judgesLines: isForeign(file.path), paths: [])
      let number = numbers[content.key] ?? contents.count
      if number == contents.count {
        numbers[content.key] = number
        contents.append(content)
      }
      contents[number].paths.append(file.path)
    }
    return try findings + self.findings(in: contents)
  }

  /// What a change brings, once, however many paths have it.
  private struct Content {
    struct Key: Hashable {
      let id: Name
      let judgesLines: Bool
    }

    let blob: GitObjects.Blob
    /// Whether it is at paths that have none of the forms which a vault's files have.
    let judgesLines: Bool
    var paths: [String]

    var key: Key { Key(id: Name(blob.id), judgesLines: judgesLines) }
  }

  /// The small ones first, in which people write keys.
  private func findings(in contents: [Content]) throws(Failure) -> [Finding] {
    var findings: [Finding] = []
    var left = limit
    var small: [Content] = []
    var large: [Content] = []
    for content in contents.sorted(by: { $0.blob.size < $1.blob.size }) {
      let size = content.blob.size
      if size > KeySearch.sizeLimit {
        let why = "it is larger than \(KeySearch.sizeLimit >> 20) MiB"
        findings.append(Self.notSearched(content.paths, why))
      } else if size > left {
        let why = "no more than \(limit >> 20) MiB of a change are read"
        findings.append(Self.notSearched(content.paths, why))
      } else {
        left -= size
        if size > KeySearch.windowSize { large.append(content) } else { small.append(content) }
      }
    }
    for judgesLines in [false, true] {
      var rest = small.filter { $0.judgesLines == judgesLines }[...]
      while !rest.isEmpty { findings += try self.findings(ofSome: &rest, judgesLines) }
    }
    for content in large { findings += try self.findings(in: content) }
    return findings
  }

  /// Of the first contents, as many as one process of git gives within its bounds.
  private func findings(
    ofSome rest: inout ArraySlice<Content>, _ judgesLines: Bool
  ) throws(Failure) -> [Finding] {
    var size = 0
    let some = rest.prefix { content in
      defer { size += content.blob.size }
      return size < Self.batchSize
    }
    rest = rest.dropFirst(some.count)
    let results = try GitObjects(index.git).read(some.map(\.blob), limit: KeySearch.windowSize) {
      [scan] bytes in
      var search = KeySearch(with: scan, judgesLines: judgesLines)
      search.read(bytes[...])
      search.finish()
      return search.result
    }
    return zip(some, results).flatMap { Self.findings(of: $1, $0.paths) }
  }

  private static let batchSize = 32 << 20

  /// Of one that is not kept whole.
  private func findings(in content: Content) throws(Failure) -> [Finding] {
    var search = KeySearch(with: scan, judgesLines: content.judgesLines)
    try GitObjects(index.git).read(content.blob) { search.read($0) }
    search.finish()
    return Self.findings(of: search.result, content.paths)
  }

  private static func findings(of result: KeySearch.Result?, _ paths: [String]) -> [Finding] {
    switch result {
    case .key(let hit): paths.map { KeyScan.finding(of: hit, path: $0) }
    case .compressed: [notSearched(paths, "it is compressed", .note)]
    case .partlySearched:
      paths.map { path in
        Finding(
          .notSearched, .warning, in: path,
          "this file was not searched for all keys of this repository's own providers: their forms "
            + "fit too much of it",
          hint: "give them longer prefixes, or fewer forms")
      }
    case .nothing: []
    case nil: [notSearched(paths, "git could not read it")]
    }
  }

  /// Whether a file is in a vault and has none of the forms that are checked there.
  private func isForeign(_ path: String) -> Bool {
    guard let root = repositories.last(where: { path.hasPrefix($0 + Paths.vault + "/") }) else {
      return false
    }
    let name = path.dropFirst(root.count + Paths.vault.count + 1)
    return !name.hasSuffix(".gpg") && !name.hasSuffix(".yaml")
      && !name.hasPrefix(Paths.publicKeys)
      && name.split(separator: "/").last.map { $0.hasPrefix(Paths.list) } != true
  }

  /// One for all paths of a content.
  private static func notSearched(
    _ paths: [String], _ reason: String, _ severity: Finding.Severity = .warning
  ) -> Finding {
    let others =
      paths.count > 1 ? " (and \(count(paths.count - 1, "other file")) with its content)" : ""
    return Finding(
      .notSearched, severity, in: paths[0],
      "this file\(others) was not searched for keys: \(reason)",
      hint: severity == .note ? nil : "check by hand that it contains none")
  }
}
