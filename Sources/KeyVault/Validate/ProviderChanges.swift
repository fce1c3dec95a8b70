internal import Naming
internal import YAML

/// The provider files of a change against those of its base: where keys go, in which header, under
/// which variable, what an answer means, and what a person is shown.
struct ProviderChanges {
  let repository: Repository
  let base: SteeringBase

  func findings() -> [Finding] {
    let present = files()
    let ids = Set(names: base.providerFiles).union(present.keys).sortedTexts
    return ids.flatMap { id in findings(id, present[id]) }
  }

  /// Those that can be read, by id; of others `validate` says what is wrong with them.
  private func files() -> [Name: [UInt8]] {
    var files: [Name: [UInt8]] = [:]
    let start = Paths.providers + "/"
    for path in ((try? repository.absent.ids) ?? [:]).sortedKeys
    where path.hasPrefix(start) && path.hasSuffix(".yaml") {
      let id = String(path.dropFirst(start.count).dropLast(".yaml".count))
      if Provider.isID(id) { files[id] = (try? repository.absent.read(path)) ?? nil }
    }
    guard let folder = try? Folder(repository.root).folder(Paths.providers),
      let names = try? Catalogue.files(in: folder, folder.items())
    else { return files }
    for name in names {
      files[String(name.dropLast(".yaml".count))] = try? folder.read(name, limit: Limits.document)
    }
    return files
  }

  private func findings(_ id: String, _ bytes: [UInt8]?) -> [Finding] {
    let file = "\(Paths.providers)/\(id.printable(limit: 80)).yaml"
    if let bytes, base.snapshot.holds(bytes, at: "\(Paths.providers)/\(id).yaml") { return [] }
    let old = base.definition(of: id)
    guard let new = bytes.map({ try? Document(parsing: $0).root }) ?? BuiltIn.root(id)
    else {
      guard bytes == nil else { return [] }
      return [
        Finding(
          .providerRemoved, base.severity(), in: file, "this provider file of \(base.name) is gone")
      ]
    }
    guard let old else {
      let (url, variable) = (new["base_url"], new["key"]?["env"]?.sequence?.first)
      let exception = Provider.exception(in: new, .file)
      return [
        Finding(
          .providerAdded, base.severity(isElsewhere: exception != nil), in: file,
          at: exception?.place ?? .start,
          "this provider is not in \(base.name): its keys go to \(base.shown(url)), and are rendered as "
            + base.shown(variable) + Self.warning(of: exception))
      ]
    }
    return changes(from: old, to: new, in: file)
  }

  private func changes(from old: Node, to new: Node, in file: String) -> [Finding] {
    let (before, after) = (Provider.parts(of: old), Provider.parts(of: new))
    let isElsewhere = Provider(new, source: .file).goesElsewhere(than: Provider(old, source: .file))
    return Set(before.keys).union(after.keys).sortedTexts.compactMap { part -> Finding? in
      guard let difference = Difference(before[part], after[part], at: part) else { return nil }
      let exception = PlainRequest.exception(in: new, part: part)
      var severity = base.severity(
        isElsewhere: exception != nil || isElsewhere && Self.origins.contains(part))
      if case .prose = PropertyWeight.provider[part] ?? .steers { severity = .note }
      return Finding(
        .providerChanged, severity,
        in: file, at: difference.new?.place ?? after[part]?.place ?? .start,
        base.sentence(difference.path, difference.new, was: difference.old)
          + Self.warning(of: exception))
    }
  }

  private static func warning(of exception: PlainRequest.Exception?) -> String {
    exception.map { "; \($0.text) may tell the server where to forward the key" } ?? ""
  }

  /// Parts that can name an origin.
  private static let origins: Set<Name> = ["base_url", "hosts", "probe", "quota", "key.formats"]
}

/// The first of the values in which two versions of a part differ.
struct Difference {
  /// Such as `auth.header`.
  let path: String
  let old: Node?
  let new: Node?

  /// nil where there is none.
  init?(_ old: Node?, _ new: Node?, at path: String) {
    guard old?.json != new?.json else { return nil }
    let keys = (new?.mapping ?? []).map(\.key) + (old?.mapping ?? []).map(\.key)
    if old?.mapping != nil, new?.mapping != nil,
      let first = keys.lazy.compactMap({ Difference(old?[$0], new?[$0], at: "\(path).\($0)") })
        .first
    {
      self = first
      return
    }
    if let items = new?.sequence, let known = old?.sequence, items.count == known.count,
      let first = items.indices.lazy.compactMap({
        Difference(known[$0], items[$0], at: "\(path)[\($0)]")
      }).first
    {
      self = first
      return
    }
    self.path = path.printable(limit: 100)
    self.old = old
    self.new = new
  }
}
