internal import Naming
internal import YAML

/// Recipients that a change adds to a folder, or removes: the reviewer must see it, since what was
/// read cannot be unread.
struct ReaderChanges {
  let repository: Repository
  let base: Snapshot
  /// nil where gpg cannot tell whose the keys are.
  let keys: PublicKeys?
  /// keyvault.yaml of the base; nil where it is invalid.
  let configuration: Configuration?

  func findings() throws(Failure) -> [Finding] {
    let before = try listsOfBase()
    let lists: [RecipientList]
    do throws(FileError) {
      lists = try repository.vault.recipientLists()
    } catch let error where error.isMissing {
      lists = []
    } catch {
      return [
        Finding(
          error.findingCode, in: Paths.vault,
          "\(error.message), so its readers were not compared with those of \(base.name)",
          hint: error.hint)
      ]
    }
    let now = Dictionary(
      lists.map { (Name($0.folder), $0) }, uniquingKeysWith: { first, _ in first })
    let withList = Set(before.keys).union(now.keys)
    // A protected folder without a list of its own is read by those of the list above it.
    let below = (configuration?.environments ?? [:]).filter(\.value.isProtected).sortedKeys
      .filter { !withList.contains($0) }
      .flatMap { added(Self.list(of: $0, in: now), Self.list(of: $0, in: before), to: $0) }
    let ofLists = withList.sortedTexts.flatMap { folder -> [Finding] in
      let old = Self.list(of: folder, in: before)
      let new = Self.list(of: folder, in: now)
      return added(new, old, to: folder) + removed(old, new, from: folder)
    }
    // What is an error below need not be a warning too.
    return below
      + ofLists.filter { finding in
        finding.severity != .warning
          || !below.contains { $0.file == finding.file && $0.line == finding.line }
      }
  }

  private func listsOfBase() throws(Failure) -> [Name: RecipientList] {
    let end = "/" + Paths.list
    let paths = base.files.sortedKeys.filter {
      $0.hasPrefix(Paths.vault + "/") && $0.hasSuffix(end)
    }
    var lists: [Name: RecipientList] = [:]
    for (path, bytes) in zip(paths, try base.read(Array(paths))) {
      let folder = path.dropLast(end.count).dropFirst(Paths.vault.count + 1)
      lists[String(folder)] = bytes.map { RecipientList(parsing: $0, folder: String(folder)) }
    }
    return lists
  }

  /// The one that decides of a folder: its own, or the nearest above.
  private static func list(
    of folder: String, in lists: [Name: RecipientList]
  ) -> RecipientList? {
    var parts = folder.split(separator: "/").map(String.init)
    while true {
      if let list = lists[parts.joined(separator: "/")] { return list }
      guard parts.popLast() != nil else { return nil }
    }
  }

  private func added(
    _ new: RecipientList?, _ old: RecipientList?, to folder: String
  ) -> [Finding] {
    let known = Set(names: old?.recipients.map(\.fingerprint) ?? [])
    let isProtected = configuration?.isProtected(folder) ?? false
    return (new?.recipients ?? []).filter { !known.contains($0.fingerprint) }.map { recipient in
      Finding(
        .recipientAdded, isProtected ? .error : .warning, in: new?.file ?? "",
        at: Place(line: recipient.line, column: 1),
        "\(text(recipient.fingerprint)) can now read '\(repository.vault.path(folder))', and is "
          + "not "
          + "in \(base.name)" + (isProtected ? ", which protects it" : ""),
        hint: "verify the fingerprint with them through another channel")
    }
  }

  private func removed(
    _ old: RecipientList?, _ new: RecipientList?, from folder: String
  ) -> [Finding] {
    let kept = Set(names: new?.recipients.map(\.fingerprint) ?? [])
    return (old?.recipients ?? []).filter { !kept.contains($0.fingerprint) }.map { recipient in
      Finding(
        .recipientRemoved, .note, in: (new ?? old)?.file ?? "",
        "\(text(recipient.fingerprint)) could read '\(repository.vault.path(folder))' in "
          + base.name,
        hint: "rotate what they know: "
          + "\(Shell("keyvault recipients exposure \(recipient.fingerprint)"))")
    }
  }

  private func text(_ fingerprint: String) -> String {
    keys?.text(of: fingerprint) ?? fingerprint
  }
}
