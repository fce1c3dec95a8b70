extension Failure {
  /// The same without keys that were put where a name belongs: it goes to terminals and logs.
  package var withoutKeys: Failure {
    let scan = KeyScan()
    return Failure(kind, scan.masked(message), hints: hints.map(scan.masked))
  }
}

extension [Finding] {
  /// The same without keys that stand in a file where another value belongs.
  var withoutKeys: [Finding] {
    guard !isEmpty else { return self }
    let scan = KeyScan()
    return map { finding in
      var finding = finding
      finding.message = scan.masked(finding.message)
      finding.hint = finding.hint.map(scan.masked)
      return finding
    }
  }
}
