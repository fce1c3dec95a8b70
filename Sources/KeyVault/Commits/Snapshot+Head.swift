extension Snapshot {
  /// The commit that is checked out. nil where there is none: no work tree of git, no commit yet, or no git
  /// installed, which `doctor` says. Throws if there is one that cannot be read.
  static func head(of root: String) throws(Failure) -> Snapshot? {
    let git = Git(in: root)
    guard git.isPresent else { return nil }
    do throws(Failure) {
      return try Snapshot("HEAD", of: root)
    } catch let error where error.kind == .programMissing {
      return nil
    } catch let error where error.kind == .notFound {
      // A branch whose file is damaged, or names a commit that is not here, looks like one without a commit.
      guard git.line(["rev-parse", "--verify", "--quiet", "HEAD"]) == nil,
        git.answer(["for-each-ref", "--format="])?.errors.isEmpty == true
      else {
        throw Failure(
          .io, "git cannot read the commit that is checked out in '\(root.printable)'",
          hints: ["'git fsck' shows what is damaged"])
      }
      return nil
    }
  }
}
