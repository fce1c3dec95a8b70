internal import Foundation
package import Testing

/// The long runs. `make nightly` has all of them; `make test` has a few cases of each, and says what it leaves out.
///
/// Only what differs from its sample in number belongs here: more kills, more places to be killed at, more
/// programs of one kind. What guards a rule by itself runs at every change.
package enum Nightly {
  /// Whether this is the nightly run: the one place that reads the switch.
  package static let isOn = ProcessInfo.processInfo.environment["NIGHTLY"] != nil

  /// All of them by night, else those of which `isSample` holds.
  package static func cases<Case>(
    _ all: [Case], of test: String, sample isSample: (Case) -> Bool
  ) -> [Case] {
    guard !isOn else { return all }
    let sample = all.filter(isSample)
    precondition(!sample.isEmpty, "\(test): an empty sample tests nothing")
    leaveOut("\(all.count - sample.count) of \(all.count) cases of '\(test)'", because: reason)
    return sample
  }

  /// `all` by night, else `sample`.
  package static func count(_ all: Int, of test: String, sample: Int) -> Int {
    guard !isOn else { return all }
    leaveOut("\(all - sample) of \(all) rounds of '\(test)'", because: reason)
    return sample
  }

  /// Each of `1...count` by night, else every fourth: of what is done at one place after the other.
  package static func places(_ count: Int) -> StrideTo<Int> {
    stride(from: 1, to: count + 1, by: isOn ? 1 : 4)
  }

  private static let reason = "make nightly runs them"
}

extension Trait where Self == ConditionTrait {
  /// For a test of which others are a sample already; `reason` says which.
  package static func nightly(_ reason: Comment) -> Self {
    .enabled(if: Nightly.isOn, "make nightly runs it: \(reason)")
  }
}

/// Prints what this run does not test. `Scripts/tests` gathers these lines, beside the tests that are skipped.
package func leaveOut(_ what: String, because reason: String) {
  print("left out: \(what): \(reason)")
}
