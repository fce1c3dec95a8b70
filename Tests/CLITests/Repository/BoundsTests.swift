import Foundation
import TestSupport
import Testing

/// What a command prints, and how it ends, where a repository has too much of something.
@Suite(.fewAtATime) struct BoundsTests {
  @Test(arguments: ["text", "json", "sarif", "github", "junit"])
  func `a file with very many faults fills no log, in any format`(_ format: String) throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      mkdir -p providers.d
      { printf 'id: x\\nname: x\\ncapabilities: ['; yes 1, | head -n 50000 | tr -d '\\n'; echo '1]'; } \
        > providers.d/x.yaml
      keyvault validate --format \(format) --quiet
      """)
    #expect(result.status == 1)
    #expect(result.output.utf8.count < 1_500_000)
    #expect(result.output.contains("more-findings"))
    #expect(result.output.contains("1000 findings about this file are listed, and"))
  }

  @Test func `keys that are required and missing are counted where they are too many`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      ids=$(seq -s, -f 'p%g' 500)
      { echo 'environments:'; for n in $(seq 20); do echo "  e$n: {require: [$ids]}"; done; } \
        >> keyvault.yaml
      timeout 20 keyvault test e1 --deadline 2 --retries 0 --format json
      echo "status $?"
      timeout 20 keyvault status --format json > status.json
      python3 -c 'import json; s = json.load(open("status.json")); print(len(s["results"]), s["omitted"])'
      """)
    #expect(result.output.contains("status 1\n"), "\(result)")
    let lines = result.output.split(separator: "\n")
    let words = lines.last?.split(separator: " ").compactMap { Int($0) } ?? []
    #expect(words.count == 2 && words[0] < 1100 && words[1] == 9000, "\(words)")
  }

  @Test func `a fetched tree that is too large to walk is soon found inconclusive`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      git init -q . && git add -A && git commit -q -m start
      blob=$(echo x | git hash-object -w --stdin)
      lines() { for n in 0 1 2 3 4 5 6 7 8 9; do printf "$1 %s\\t$2%s$3\\n" "$4" $n; done; }
      tree=$(lines '100644 blob' f .gpg $blob | git mktree)
      for _ in 1 2 3 4 5 6 7; do tree=$(lines '040000 tree' d '' $tree | git mktree); done
      root=$( { git ls-tree HEAD | grep -v vault; printf '040000 tree %s\\tvault\\n' $tree; } | git mktree)
      git update-ref refs/remotes/origin/pr $(git commit-tree $root -p HEAD -m bomb)
      timeout 20 keyvault recipients exposure "$FPR"; echo "debt $?"
      timeout 20 keyvault validate --quiet --history; echo "history $?"
      timeout 20 keyvault validate --quiet --base origin/pr; echo "base $?"
      timeout 20 keyvault validate --quiet; echo "validate $?"
      """)
    #expect(result.output.contains("debt 3\n"), "\(result)")
    #expect(result.output.contains("error[history-too-large]"))
    #expect(result.output.contains("history 1\n") && result.output.contains("base 3\n"))
    #expect(result.output.contains("validate 0\n"))
    #expect(!result.output.contains("no current key is known to have been readable"))
  }

  @Test func `a hook copies no more into memory than a bound on all that is staged`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      git init -q; git add -A; git commit -qm start
      blob=$(head -c 1000000 /dev/zero | git hash-object -w --stdin)
      stage() { for n in $(seq $1 $2); do printf '100644 %s\\tvault/production/b%s.gpg\\n' $blob $n; done; }
      stage 1 120 | git update-index --index-info
      timeout 60 keyvault git pre-commit > out 2>&1; echo "below $?"; grep -c 'has more than' out
      stage 121 140 | git update-index --index-info
      timeout 60 keyvault git pre-commit; echo "above $?"
      """)
    #expect(
      result.output.contains("below 1\n0\n") && result.output.hasSuffix("above 3\n"), "\(result)")
    #expect(
      result.errors.contains("what is staged in 'vault' has more than 128 MiB"), "\(result.errors)")
  }
}
