internal import Naming

/// Which verdicts make a command fail, and whether a required key that is missing does.
public struct FailOn: Sendable, Equatable {
  public let verdicts: Set<Verdict>
  /// Always, but where nothing is to fail.
  let failsOnMissing: Bool

  /// A key that cannot be used, or that is required and missing.
  public static let standard = FailOn(group(.invalid), missing: true)
  public static let nothing = FailOn([], missing: false)

  private init(_ verdicts: Set<Verdict>, missing: Bool) {
    self.verdicts = verdicts
    failsOnMissing = missing
  }

  /// `none`, or verdicts and groups of them separated by commas: `unusable`, `unclear` (these and the
  /// unusable ones), `locked`. Throws a usage failure for any other word.
  public init(parsing text: String) throws(Failure) {
    if text == "none" {
      self = .nothing
      return
    }
    var verdicts: Set<Verdict> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      if let group = Self.groups[word] {
        verdicts.formUnion(group)
      } else if let verdict = Verdict(rawValue: word), verdict.word != .valid {
        verdicts.insert(verdict)
      } else {
        throw Self.refusal(of: word)
      }
    }
    self.init(verdicts, missing: true)
  }

  private static let groups: [Name: Set<Verdict>] = [
    "unusable": group(.invalid), "unclear": group(.unclear).union(group(.invalid)),
    "locked": [.locked],
  ]

  private static func group(_ word: Verdict.Word) -> Set<Verdict> {
    Set(Verdict.allCases.filter { $0.word == word })
  }

  private static func refusal(of word: String) -> Failure {
    let known =
      groups.sortedKeys + ["none"]
      + Verdict.allCases.filter { $0.word != .valid }.map(\.rawValue)
    let close = Suggestion.closest(to: word, among: known).map { "did you mean '\($0)'?" }
    return Failure(
      .usage, "--fail-on: '\(word.printable(limit: 40))' is no verdict to fail on",
      hints: [close ?? "such as unusable, unclear, locked, none, or a verdict: no_credit"])
  }

  func contains(_ result: TestResult) -> Bool {
    contains(result.verdict, isRequired: result.isRequired)
  }

  func contains(_ verdict: Verdict, isRequired: Bool) -> Bool {
    if verdict == .notConfigured { return isRequired && failsOnMissing }
    return verdicts.contains(verdict)
  }
}
