import Foundation
import TestSupport
import Testing

/// One side puts entries into places that others leave, while the other side changes a key.
@Suite(.fewAtATime) struct MergeSwapTests {
  private static func rotate(_ entry: String, _ number: Int) -> String {
    #"printf %s\#(number) "$OPENAI" | keyvault rotate \#(entry) --no-test --quiet"#
  }

  private static func move(_ moves: (String, String)...) -> String {
    moves.map { "keyvault mv \($0) \($1) --force --quiet" }.joined(separator: "; ")
  }

  /// The key in `a` ends with 01, in `b` with 02, in `c` with 03.
  private static let swap = move(("a/openai", "t/x"), ("b/openai", "a/openai"), ("t/x", "b/openai"))

  static let cases = [
    MergeCase(
      name: "rotated, and swapped", theirs: swap, ours: rotate("a/openai", 1),
      question:
        "'a/openai', 'b/openai' need one choice: of a/openai, ours rotated it, theirs moved it to b/openai; "
        + "of b/openai, ours kept the key, theirs moved it to a/openai",
      afterOurs: "a 11 b 02 c 03", afterTheirs: "a 02 b 11 c 03",
      hints: [
        "--ours: at a/openai: the newer key, sk-proj-…0011", "at b/openai: sk-proj-…0002",
        "--theirs: at b/openai: the newer key, sk-proj-…0011", "at a/openai: sk-proj-…0002",
      ]),
    MergeCase(
      name: "swapped, and rotated", theirs: rotate("b/openai", 1), ours: swap,
      question: "of b/openai, ours moved it to a/openai, theirs rotated it",
      afterOurs: "a 11 b 01 c 03", afterTheirs: "a 01 b 11 c 03"),
    MergeCase(
      name: "both rotated, and swapped", theirs: swap,
      ours: rotate("a/openai", 1) + ";" + rotate("b/openai", 2),
      question: "of b/openai, ours rotated it, theirs moved it to a/openai",
      afterOurs: "a 11 b 12 c 03", afterTheirs: "a 12 b 11 c 03"),
    MergeCase(
      name: "rotated, and swapped and rotated",
      theirs: swap + ";" + rotate("b/openai", 4), ours: rotate("a/openai", 1),
      question: "theirs moved it to b/openai and rotated it",
      afterOurs: "a 11 b 02 c 03", afterTheirs: "a 02 b 14 c 03"),
    MergeCase(
      name: "rotated, and three go round",
      theirs: move(
        ("a/openai", "t/x"), ("c/openai", "a/openai"), ("b/openai", "c/openai"), ("t/x", "b/openai")
      ), ours: rotate("a/openai", 1),
      question: "of c/openai, ours kept the key, theirs moved it to a/openai",
      afterOurs: "a 11 b 02 c 03", afterTheirs: "a 03 b 11 c 02"),
    MergeCase(
      name: "swapped with another one by each",
      theirs: move(("a/openai", "t/x"), ("c/openai", "a/openai"), ("t/x", "c/openai")), ours: swap,
      question: "of a/openai, ours moved it to b/openai, theirs moved it to c/openai",
      afterOurs: "a 02 b 01 c 03", afterTheirs: "a 03 b 02 c 01"),
    MergeCase(
      name: "rotated, and moved on to make room",
      theirs: move(("b/openai", "d/openai"), ("a/openai", "b/openai")), ours: rotate("b/openai", 1),
      question: "of b/openai, ours rotated it, theirs moved it to d/openai",
      afterOurs: "a 01 b 11 c 03", afterTheirs: "b 01 c 03 d 11"),
    MergeCase(
      name: "rotated, and moved into the room",
      theirs: move(("b/openai", "d/openai"), ("a/openai", "b/openai")), ours: rotate("a/openai", 1),
      question: "of a/openai, ours rotated it, theirs moved it to b/openai",
      afterOurs: "a 11 b 02 c 03", afterTheirs: "b 11 c 03 d 02"),
    MergeCase(
      name: "rotated, and overwritten by another one",
      theirs: move(("a/openai", "b/openai")), ours: rotate("b/openai", 1),
      question: "of b/openai, ours rotated it, theirs removed it",
      afterOurs: "a 01 b 11 c 03", afterTheirs: "b 01 c 03",
      hints: ["--theirs: at b/openai: sk-proj-…0001", "without sk-proj-…0011"]),
    MergeCase(
      name: "rotated, and moved, with another key in its place",
      theirs: move(("a/openai", "d/openai"))
        + #"; SOURCE_DATE_EPOCH=1795542300 keyvault add a/openai --no-test --quiet < ../other"#,
      ours: rotate("a/openai", 1),
      question: "of the new a/openai, ours does not have it, theirs added it",
      afterOurs: "a 11 b 02 c 03", afterTheirs: "a 09 b 02 c 03 d 11",
      hints: ["without sk-proj-…0009"]),
    MergeCase(
      name: "encrypted again, and swapped", theirs: swap,
      ours: "keyvault adopt a/openai --quiet", question: nil,
      afterOurs: "a 02 b 01 c 03", afterTheirs: "a 02 b 01 c 03"),
    MergeCase(
      name: "swapped by both, and rotated by one", theirs: swap + ";" + rotate("a/openai", 1),
      ours: swap, question: nil, afterOurs: "a 11 b 01 c 03", afterTheirs: "a 11 b 01 c 03"),
    MergeCase(
      name: "rotated, and swapped by a patch", theirs: swap, ours: rotate("a/openai", 1),
      by: "git format-patch -1 -q --stdout theirs | git am -q -3",
      question: "of a/openai, ours rotated it, theirs moved it to b/openai",
      afterOurs: "a 11 b 02 c 03", afterTheirs: "a 02 b 11 c 03"),
    MergeCase(
      name: "a rebased rotation of what was swapped", theirs: swap, ours: rotate("a/openai", 1),
      by: "git rebase -q theirs",
      question: "of a/openai, ours moved it to b/openai, theirs rotated it",
      afterOurs: "a 02 b 11 c 03", afterTheirs: "a 11 b 02 c 03"),
    MergeCase(
      name: "rotated in its place, after a copy was made",
      theirs: "keyvault cp a/openai d/openai --quiet;"
        + rotate("a/openai", 4), ours: rotate("a/openai", 1),
      question: "'a/openai' needs a choice: two keys",
      afterOurs: "a 11 b 02 c 03 d 01", afterTheirs: "a 14 b 02 c 03 d 01"),
  ]

  /// By day each case once, by night in both ways.
  private static let timed = Nightly.cases(
    cases.indices.flatMap { [($0, false), ($0, true)] }, of: "entries that change places"
  ) { index, atOnce in index.isMultiple(of: 2) == atOnce }
  .map { index, atOnce in (cases[index], atOnce) }

  /// `atOnce` is whether all were made in one second, so that their origins do not tell them apart.
  private func world(_ example: MergeCase, atOnce: Bool) throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$EMPTY/." .
      printf '%s9' "${OPENAI%?}" > ../other
      number=0
      for place in a b c; do
        number=$((number + 1))
        \(atOnce ? "" : "export SOURCE_DATE_EPOCH=$((SOURCE_DATE_EPOCH + 1))")
        printf '%s%s' "${OPENAI%?}" $number | keyvault add $place/openai --no-test --quiet
      done
      \(example.script)
      """)
    return world
  }

  @Test(arguments: timed)
  func `entries that change places are followed, and no key is lost`(
    _ example: MergeCase, atOnce: Bool
  ) throws {
    let world = try world(example, atOnce: atOnce)
    let asked = try world.run("keyvault resolve --no-test")
    #expect(asked.status == (example.question == nil ? 0 : 1), "\(asked)")
    #expect(asked.errors.contains(example.question ?? "resolved"), "\(asked)")
    for hint in example.hints { #expect(asked.errors.contains(hint), "\(hint): \(asked)") }
    for (side, after) in [("ours", example.afterOurs), ("theirs", example.afterTheirs)] {
      let state = try world.run(
        """
        rm -rf ../work/* ../work/.[!.]*; cp -a ../start/. .
        keyvault resolve --no-test --\(side) >&2
        git diff --name-only --diff-filter=U
        git diff --name-only
        git ls-files -o --exclude-standard
        keyvault validate --strict --quiet --format json | jq -r '.findings[].code'
        for file in vault/*/openai.gpg; do
          entry=${file#vault/}; entry=${entry%.gpg}
          echo "${entry%/openai} $(keyvault get $entry | tail -c 3)"
        done
        """)
      #expect(
        state.output.split(separator: "\n").joined(separator: " ") == after, "\(side): \(state)")
    }
  }

  @Test func `what one side described goes with an entry that the other side swapped`() throws {
    let world = try world(
      MergeCase(
        name: "", theirs: Self.swap,
        ours:
          "keyvault set a/openai owner=bob@example.com --quiet; keyvault adopt a/openai --quiet",
        question: nil, afterOurs: "", afterTheirs: ""), atOnce: true)
    let result = try world.run("keyvault resolve --no-test; grep -H owner: vault/*/*.yaml")
    #expect(result.output == "vault/b/openai.yaml:owner: bob@example.com\n", "\(result)")
  }
}
