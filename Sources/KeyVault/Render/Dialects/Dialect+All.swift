extension Dialect: CaseIterable {
  /// All dialects, in the order in which they are listed.
  public static let allCases: [Dialect] = [
    .dotenv, .dotenvPython, .dotenvNode, .dotenvCompose, .docker, .shell, .fish, .systemd, .github,
    .gitlab, .json, .yaml, .kubernetesSecret,
  ]

  /// The dialect that `--format` names.
  public init?(named name: String) {
    guard let dialect = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = dialect
  }
}
