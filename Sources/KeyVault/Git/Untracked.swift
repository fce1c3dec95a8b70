internal import Naming

/// Files without which a clone of a repository cannot be used, and that git does not have yet.
public enum Untracked {
  private static let what = "git could not list the files that it does not have"

  /// Relative to the root (absolute), in order, those that git ignores left out; none outside of a work tree.
  /// The folder of public keys stands for those in it.
  public static func files(in root: String) throws(Failure) -> [String] {
    let git = Git(in: root)
    guard git.isPresent else { return [] }
    let lists = [RecipientList.fileName, RecipientList.fileName + ".sig"].map {
      ":(glob)\(Vault.folder)/**/\($0)"
    }
    let others = [
      Configuration.fileName, Catalogue.folder, SignedRecipients.path,
      PublicKeys.folder,
    ].map { ":(literal)" + $0 }
    let output = try git.output(
      of: ["ls-files", "--others", "--exclude-standard", "-z", "--"] + others + lists,
      within: .listing, or: what)
    let files = output.split(separator: 0).map { String(name: $0) }
    // The keys of a folder are one thing.
    let hasKeys = files.contains { $0.hasPrefix(PublicKeys.folder + "/") }
    return
      (files.filter { !$0.hasPrefix(PublicKeys.folder + "/") }
      + (hasKeys ? [PublicKeys.folder] : [])).sorted(by: <)
  }
}
