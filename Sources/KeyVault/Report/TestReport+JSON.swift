internal import FoundationEssentials

extension TestReport {
  /// Reads what `keyvault test --format json` printed elsewhere, such as in a CI job.
  public init(file path: String) throws(Failure) {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else {
      throw Failure(.notFound, "cannot read '\(path.printable(limit: 200))'")
    }
    guard data.count <= Limits.report, let report = try? JSONDecoder().decode(Self.self, from: data)
    else {
      throw Failure(
        .malformed,
        "'\(path.printable(limit: 200))' is not what 'keyvault test --format json' prints")
    }
    self = report
  }

  /// The verdicts. Each counts only for the ciphertext whose digest it names.
  public var verdicts: LastVerdicts {
    LastVerdicts(results.filter { $0.digest != nil }.map(History.Record.init))
  }
}
