internal import Foundation

/// The clock under which `make faketime` runs the tests. A test gives its programs an environment of their own,
/// which must name the library that fakes the clock, or they would live in another year than the test.
package enum FakeClock {
  /// To be added to what a program gets; empty where the clock is the machine's.
  package static let environment: [String: String] = {
    let all = ProcessInfo.processInfo.environment
    guard all["LD_PRELOAD"]?.contains("libfaketime") == true else { return [:] }
    return all.filter { $0.key == "LD_PRELOAD" || $0.key.hasPrefix("FAKETIME") }
  }()
}
