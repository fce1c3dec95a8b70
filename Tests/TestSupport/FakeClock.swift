internal import Foundation

/// The clock under which `make faketime` runs the tests. A test gives its programs an environment of their own,
/// which must name the library that fakes the clock, or they would live in another year than the test.
package enum FakeClock {
  /// To be added to what a program gets; empty where the clock is the machine's.
  package static let environment: [String: String] = {
    let all = ProcessInfo.processInfo.environment
    guard let library = all["LD_PRELOAD"], library.contains("libfaketime") else { return [:] }
    var clock = all.filter { $0.key.hasPrefix("FAKETIME") }
    clock["LD_PRELOAD"] = library.replacing("libfaketime.so", with: "libfaketimeMT.so")
    // The library guards the times of files by a lock that all processes share, and that a process which is
    // killed never gives back.
    clock["NO_FAKE_STAT"] = "1"
    return clock
  }()
}
