import Foundation

/// Programs of others that some tests need.
enum Programs {
  static let hasPass = FileManager.default.isExecutableFile(atPath: "/usr/bin/pass")
  static let hasStrace = FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")

  /// python-dotenv, from PyPI.
  static let hasPythonDotenv: Bool = {
    let folder = URL(fileURLWithPath: "/")
    let result = try? shell(
      "python3 -c 'import dotenv'", in: folder, environment: ["PATH": "/usr/local/bin:/usr/bin"])
    return result?.status == 0
  }()
}
