import TestSupport
import Testing

@testable import KeyVault

/// Every dialect is read back by its real consumers, byte for byte.
@Suite(.oneAtATime)
struct RoundTripTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let dialect: Dialect
    let consumer: Consumer
    /// What the dialect accepts at least of the values that are drawn.
    let share: Double

    var testDescription: String { "\(consumer.name) reads what \(dialect) writes" }

    init(_ dialect: Dialect, _ consumer: Consumer, share: Double) {
      self.dialect = dialect
      self.consumer = consumer
      self.share = share
    }
  }

  static let cases = [
    Case(.dotenv, .pythonDotenv, share: 0.3),
    Case(.dotenv, .oldPythonDotenv, share: 0.3),
    Case(.dotenv, .node, share: 0.3),
    Case(.dotenv, .rubyDotenv, share: 0.3),
    Case(.dotenv, .godotenv, share: 0.3),
    Case(.dotenv, .compose("file"), share: 0.3),
    Case(.dotenv, .compose("fill"), share: 0.3),
    Case(.dotenv, .bash, share: 0.3),
    Case(.dotenvPython, .pythonDotenv, share: 0.8),
    Case(.dotenvPython, .oldPythonDotenv, share: 0.8),
    Case(.dotenvNode, .node, share: 0.8),
    Case(.dotenvCompose, .compose("file"), share: 1),
    Case(.dotenvCompose, .compose("fill"), share: 1),
    Case(.docker, .compose("raw"), share: 0.7),
    Case(.shell, .bash, share: 1),
    Case(.shell, .dash, share: 1),
    Case(.shell, .child, share: 1),
    Case(.fish, .fish, share: 1),
    Case(.systemd, .systemd, share: 0.85),
    Case(.github, .github, share: 1),
    Case(gitlabOfAnySize, .gitlab, share: 0.1),
    Case(.json, .jq, share: 1),
    Case(.json, .python("json"), share: 1),
    Case(.yaml, .python("yaml"), share: 1),
    Case(.kubernetesSecret, .python("k8s-secret"), share: 1),
  ]

  /// One report has room for a few values; all of them go through one process.
  private static var gitlabOfAnySize: Dialect {
    var dialect = Dialect.gitlab
    dialect.limit = nil
    return dialect
  }

  private static let here = Consumer.here(cases, of: "what is accepted comes back", \.consumer)

  @Test(arguments: here)
  func `what is accepted comes back`(_ test: Case) throws {
    try test.consumer.readsBack(test.dialect, share: test.share)
  }

  @Test(arguments: here)
  func `names that are accepted come back`(_ test: Case) throws {
    try test.consumer.readsNames(test.dialect)
  }
}
