internal import YAML

/// Keys in the clear in files of the index, and which of them were not searched.
struct PlaintextChecks {
  let index: Index
  let scan: KeyScan
  /// The folders of keyvault repositories, relative to the top: empty, or with a slash at the end.
  let repositories: [String]

  /// Throws if git cannot be asked.
  func findings(_ changes: [Index.Change]) throws(Failure) -> [Finding] {
    // The object of a link is its target.
    let files = changes.compactMap(\.item).filter { $0.kind != .submodule }
    let objects = GitObjects(index.git)
    let found = try objects.find(files.map(\.object))
    var findings = changes.compactMap(\.item).flatMap { scan.findings(inPath: $0.path) }
    var small: [(path: String, blob: GitObjects.Blob)] = []
    for (file, blob) in zip(files, found) {
      guard let blob else {
        findings.append(Self.notSearched(file.path, "git does not have its content here"))
        continue
      }
      switch blob.size {
      case ...KeySearch.windowSize: small.append((file.path, blob))
      case ...KeySearch.sizeLimit: findings += try self.findings(in: blob, at: file.path)
      default:
        findings.append(
          Self.notSearched(
            file.path,
            "it is larger than \(KeySearch.sizeLimit >> 20) MiB"))
      }
    }
    for judgesLines in [false, true] {
      var rest = small.filter { isForeign($0.path) == judgesLines }[...]
      while !rest.isEmpty { findings += try self.findings(ofSome: &rest, judgesLines) }
    }
    return findings
  }

  /// Of the first files, as many as one process of git gives within its bounds.
  private func findings(
    ofSome rest: inout ArraySlice<(path: String, blob: GitObjects.Blob)>, _ judgesLines: Bool
  ) throws(Failure) -> [Finding] {
    var size = 0
    let files = rest.prefix { file in
      defer { size += file.blob.size }
      return size < Self.batchSize
    }
    rest = rest.dropFirst(files.count)
    let results = try GitObjects(index.git).read(files.map(\.blob), limit: KeySearch.windowSize) {
      [scan] bytes in
      var search = KeySearch(with: scan, judgesLines: judgesLines)
      search.read(bytes[...])
      search.finish()
      return search.result
    }
    return zip(files, results).flatMap { Self.findings(of: $1, $0.path) }
  }

  private static let batchSize = 32 << 20

  /// Of a file that is not kept whole.
  private func findings(
    in blob: GitObjects.Blob, at path: String
  ) throws(Failure) -> [Finding] {
    var search = KeySearch(with: scan, judgesLines: isForeign(path))
    try GitObjects(index.git).read(blob) { search.read($0) }
    search.finish()
    return Self.findings(of: search.result, path)
  }

  private static func findings(of result: KeySearch.Result?, _ path: String) -> [Finding] {
    switch result {
    case .key(let hit): [KeyScan.finding(of: hit, path: path)]
    case .compressed: [notSearched(path, "it is compressed", .note)]
    case .nothing: []
    case nil: [notSearched(path, "git could not read it")]
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

  private static func notSearched(
    _ path: String, _ reason: String, _ severity: Finding.Severity = .warning
  ) -> Finding {
    Finding(
      .notSearched, severity, in: path, "this file was not searched for keys: \(reason)",
      hint: severity == .note ? nil : "make sure yourself that it holds none")
  }
}
