import TestSupport

extension Installation {
  /// The SDKs, made by the first who asks.
  static let shared = Installation(
    "Tests/SDKTests/requirements.txt", in: "sdk-venv", sample: SDK.sample)
  /// The program pre-commit.
  static let preCommit = Installation("Tests/SDKTests/pre-commit.txt", in: "pre-commit-venv")
}
