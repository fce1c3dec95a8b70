internal import Naming

/// Files without which a clone of a repository cannot be used, and that git does not have yet.
public enum Untracked {
  private static let what = "git could not list the untracked files"

  /// Relative to the root (absolute), in order, those that git ignores left out; none outside of a work tree.
  /// A folder stands for the public keys, and one for the schemas.
  public static func files(in root: String) throws(Failure) -> [String] {
    let git = Git(in: root)
    guard git.isPresent else { return [] }
    let lists = [Paths.list, Paths.list + ".sig"].map {
      ":(glob)\(Paths.vault)/**/\($0)"
    }
    let others =
      ([".gitignore", Paths.configuration, Paths.providers, SignedRecipients.path] + folders)
      .map { ":(literal)" + $0 }
    let output = try git.output(
      of: ["ls-files", "--others", "--exclude-standard", "-z", "--"] + others + lists,
      within: .listing, or: what)
    let files = output.split(separator: 0).map { String(name: $0) }
    let whole = folders.filter { folder in files.contains { $0.hasPrefix(folder + "/") } }
    let rest = files.filter { file in !whole.contains { file.hasPrefix($0 + "/") } }
    return (rest + whole).sorted(by: <)
  }

  /// Each stands for the files in it.
  private static let folders = [PublicKeys.folder, Paths.schemas]
}
