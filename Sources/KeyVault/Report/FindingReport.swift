/// The document of `keyvault validate`.
public struct FindingReport: Sendable, Codable {
  public var version = 1
  public var findings: [Finding]
  public var errors: Int
  public var warnings: Int

  public init(_ outcome: Validator.Outcome) {
    findings = outcome.findings
    errors = outcome.count(.error)
    warnings = outcome.count(.warning)
  }

  public init(_ findings: [Finding]) {
    self.findings = findings
    errors = findings.count { $0.severity == .error }
    warnings = findings.count { $0.severity == .warning }
  }

  /// `file:line:column: error[code]: message` and its hint, each on lines of their own.
  public func text(_ style: Style) -> String {
    findings.map { finding in
      let place = "\(finding.file.printable):\(finding.line):\(finding.column): "
      let colour: Style.Colour = finding.severity == .error ? .red : .yellow
      let label = style.text("\(finding.severity.rawValue)[\(finding.code)]", colour)
      let hint = finding.hint.map { "  hint: \($0.printable)\n" } ?? ""
      return "\(place)\(label): \(finding.message.printable)\n\(hint)"
    }.joined()
  }
}
