import Foundation
import Testing

/// Programs of others that some tests need.
enum Programs {
  static let hasPass = FileManager.default.isExecutableFile(atPath: "/usr/bin/pass")
  static let hasPython = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")
  static let hasStrace = FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")

  /// A file system of one's own needs root, also in a container that allows it.
  static let canMount: Bool = {
    let folder = URL(fileURLWithPath: "/")
    let environment = ["PATH": "/usr/bin:/bin"]
    let result = try? shell(
      "unshare -m mount -t tmpfs tmpfs /mnt", in: folder, environment: environment)
    return result?.status == 0
  }()

  /// A network of one's own, with an address besides loopback, needs root and `ip`.
  static let canMakeNetwork: Bool = {
    let folder = URL(fileURLWithPath: "/")
    let environment = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"]
    let result = try? shell(
      "unshare -n sh -c 'ip link set lo up && ip address add 10.254.7.1/32 dev lo'", in: folder,
      environment: environment)
    return result?.status == 0
  }()

  /// The Python that has python-dotenv, if any: the first in the PATH of the tests.
  static let pythonWithDotenv: String? = {
    let folder = URL(fileURLWithPath: "/")
    let result = try? shell(
      "python3 -c 'import dotenv, sys; print(sys.executable, end=str())'", in: folder,
      environment: ProcessInfo.processInfo.environment)
    return result?.status == 0 ? result?.output : nil
  }()
}

/// What a test needs of the machine. A test that is left out says why.
extension Trait where Self == ConditionTrait {
  static var needsPass: Self { .enabled(if: Programs.hasPass, "pass is not installed") }
  static var needsPython: Self { .enabled(if: Programs.hasPython, "python3 is not installed") }
  static var needsStrace: Self { .enabled(if: Programs.hasStrace, "strace is not installed") }
  static var needsMount: Self { .enabled(if: Programs.canMount, "only root may mount a folder") }
  static var needsNetwork: Self {
    .enabled(if: Programs.canMakeNetwork, "only root with 'ip' may make a network")
  }
}
