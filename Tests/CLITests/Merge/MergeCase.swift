import Testing

/// Two branches of a repository, and what `keyvault resolve` makes of their merge.
struct MergeCase: Sendable, CustomTestStringConvertible {
  let name: String
  /// What each branch does, for the shell.
  let theirs: String
  let ours: String
  /// How theirs comes to ours.
  var by = "git merge -q theirs"
  /// Of what is asked; nil where nothing is left to choose.
  let question: String?
  /// The entries after a choice, each with the last two characters of its key.
  let afterOurs: String
  let afterTheirs: String
  /// What the hints of the question say, too.
  var hints: [String] = []

  var testDescription: String { name }

  /// Makes both branches of the files that are there, and merges them, which must end in a conflict. What it is
  /// then is kept in `../start`.
  var script: String {
    """
    git init -q
    git add -A; git commit -qm start
    git checkout -q -b theirs
    \(theirs)
    git add -A; git commit -qm theirs --allow-empty
    git checkout -q main
    \(ours)
    git add -A; git commit -qm ours --allow-empty
    ! { \(by); } > /dev/null 2>&1
    cp -a . ../start
    """
  }
}
