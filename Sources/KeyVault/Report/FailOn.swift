/// Which verdicts make a command fail.
public struct FailOn: Sendable, Equatable {
  public let verdicts: Set<Verdict>

  /// A key that cannot be used, and a required one that is missing.
  public static let unusable = FailOn(Self.group(.invalid).union([.notConfigured]))
  public static let nothing = FailOn([])

  private init(_ verdicts: Set<Verdict>) {
    self.verdicts = verdicts
  }

  /// Verdicts, or groups of them, separated by commas: `unusable`, `unclear`, `missing`, `locked`,
  /// `untested`, `none`. Throws a usage failure for any other word.
  public init(parsing text: String) throws(Failure) {
    var verdicts: Set<Verdict> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      if let group = Self.groups[word] {
        verdicts.formUnion(group)
      } else if let verdict = Verdict(rawValue: word), verdict.word != .valid {
        verdicts.insert(verdict)
      } else {
        let known =
          Self.groups.keys.sorted()
          + Verdict.allCases.filter { $0.word != .valid }.map(\.rawValue)
        let close = Suggestion.closest(to: word, among: known).map { "did you mean '\($0)'?" }
        throw Failure(
          .usage, "--fail-on: '\(word.printable(limit: 40))' is no verdict to fail on",
          hints: [close ?? "such as unusable, unclear, missing, locked, or a verdict: no_credit"])
      }
    }
    self.verdicts = verdicts
  }

  private static let groups: [String: Set<Verdict>] = [
    "unusable": group(.invalid), "unclear": group(.unclear), "missing": [.notConfigured],
    "locked": [.locked], "none": [],
  ]

  private static func group(_ word: Verdict.Word) -> Set<Verdict> {
    Set(Verdict.allCases.filter { $0.word == word })
  }

  func contains(_ result: TestResult) -> Bool {
    contains(result.verdict, isRequired: result.isRequired)
  }

  /// A key that is missing counts only where it is required.
  func contains(_ verdict: Verdict, isRequired: Bool) -> Bool {
    verdicts.contains(verdict) && (verdict != .notConfigured || isRequired)
  }
}
