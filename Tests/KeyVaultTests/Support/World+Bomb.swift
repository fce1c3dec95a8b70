import TestSupport
import Testing

extension World {
  /// A ref whose vault has 10^`levels` files, of `levels` objects.
  func addBomb(levels: Int = 8) throws {
    let script = """
      set -e
      cd "$1"
      blob=$(echo x | git hash-object -w --stdin)
      ten="0 1 2 3 4 5 6 7 8 9"
      tree=$(for n in $ten; do printf '100644 blob %s\\tf%s.gpg\\n' $blob $n; done | git mktree)
      for _ in $(seq \(levels - 1)); do
        tree=$(for n in $ten; do printf '040000 tree %s\\td%s\\n' $tree $n; done | git mktree)
      done
      root=$( { git ls-tree HEAD | grep -v vault; printf '040000 tree %s\\tvault\\n' $tree; } | git mktree)
      git update-ref refs/remotes/origin/pr $(git -c user.name=m -c user.email=m@example.com \\
        commit-tree $root -p HEAD -m bomb)
      """
    let outcome = try run(["/bin/bash", "-c", script, "bash", scratch.folder])
    try #require(outcome.status == 0, "\(outcome.errors)")
  }
}
