internal import Naming

/// What makes a command fail: verdicts, and states of a key that have no verdict.
public struct FailOn: Sendable, Equatable {
  /// What may be wrong with a key whatever its provider says.
  public enum State: String, Sendable, CaseIterable {
    /// A required key that is not there.
    case missing
    /// A person who must not read the key could have read it.
    case exposed
    /// The key is older than the policy allows, or its last day has passed.
    case overdue
  }

  public let verdicts: Set<Verdict>
  public let states: Set<State>

  /// A key that cannot be used, or that is required and missing.
  public static let standard = FailOn(group(.invalid), [.missing])
  public static let nothing = FailOn([], [])

  private init(_ verdicts: Set<Verdict>, _ states: Set<State>) {
    self.verdicts = verdicts
    self.states = states
  }

  /// `none`, or words separated by commas: verdicts, groups of them (`unusable`, `unclear`, which
  /// includes the unusable ones, and `locked`), and states (`missing`, `exposed`, `overdue`). Throws a
  /// usage failure for any other word.
  public init(parsing text: String) throws(Failure) {
    if text == "none" {
      self = .nothing
      return
    }
    var verdicts: Set<Verdict> = []
    var states: Set<State> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      if let group = Self.groups[word] {
        verdicts.formUnion(group)
      } else if let state = State(rawValue: word) {
        states.insert(state)
      } else if let verdict = Verdict(rawValue: word), Self.words.contains(word) {
        verdicts.insert(verdict)
      } else {
        throw Self.refusal(of: word)
      }
    }
    self.init(verdicts, states)
  }

  private static let groups: [Name: Set<Verdict>] = [
    "unusable": group(.invalid), "unclear": group(.unclear).union(group(.invalid)),
    "locked": [.locked],
  ]

  /// Verdicts that have a meaning here. A key that is not configured is `missing` where it is required,
  /// and no fault elsewhere.
  private static let words = Verdict.allCases
    .filter { $0.word != .valid && $0 != .notConfigured }.map(\.rawValue)

  private static func group(_ word: Verdict.Word) -> Set<Verdict> {
    Set(Verdict.allCases.filter { $0.word == word })
  }

  private static func refusal(of word: String) -> Failure {
    let known = groups.sortedKeys + ["none"] + State.allCases.map(\.rawValue) + words
    let close = Suggestion.closest(to: word, among: known).map { "did you mean '\($0)'?" }
    let hint =
      switch Verdict(rawValue: word.lowercased()) {
      case .notConfigured?: "for a required key that does not exist, use 'missing'"
      case let verdict? where verdict.word == .valid:
        "a key with this verdict works; 'unusable' is for those that do not, 'unclear' for doubtful ones too"
      default: close ?? "such as unusable, missing, unclear, exposed, none, or a verdict: no_credit"
      }
    return Failure(
      .usage,
      "invalid --fail-on '\(word.printable(limit: 40))': expected verdicts, groups, or states",
      hints: [hint])
  }

  func contains(_ key: some Gated) -> Bool {
    if key.verdict == .notConfigured { return key.isRequired && states.contains(.missing) }
    return key.acknowledgedUntil == nil && verdicts.contains(key.verdict)
      || key.wasExposed && states.contains(.exposed)
      || key.isLate && states.contains(.overdue)
  }

  /// Whether the result fails the run. An entry that could not be used at all, such as a file that was
  /// moved, has no verdict of its provider, and fails it unless nothing is to.
  func fails(_ result: TestResult) -> Bool {
    contains(result) || result.error != nil && self != .nothing
  }
}

/// What a report says of a key that can make a run fail.
protocol Gated {
  var verdict: Verdict { get }
  /// Whether the environment requires a key of this provider.
  var isRequired: Bool { get }
  /// The last day on which the sidecar accepts this verdict; nil where it does not.
  var acknowledgedUntil: String? { get }
  /// Whether a person who must not read the key could have read it.
  var wasExposed: Bool { get }
  /// Whether it should have been rotated by now.
  var isLate: Bool { get }
}

extension TestResult: Gated {
  var wasExposed: Bool { isExposed == true }
  var isLate: Bool { isOverdue }
}

extension StatusReport.Row: Gated {
  var wasExposed: Bool { isExposed }
}
