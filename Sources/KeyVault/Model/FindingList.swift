/// Findings as they come, within bounds: so many of a file and so many in all are kept, errors before
/// others, and the rest is counted. A repository's author decides how many there are.
struct FindingList {
  /// Errors have bounds of their own, so that no number of warnings hides one.
  private struct Kind {
    var count = 0
    var bytes = 0
    var omitted = 0

    var isFull: Bool { count >= Limits.findings || bytes >= Limits.findingBytes }
  }

  private struct File {
    let path: String
    var errors: [Finding] = []
    var others: [Finding] = []
    /// Not kept, because there are too many of this file.
    var omittedErrors = 0
    var omittedOthers = 0
  }

  private var errors = Kind()
  private var others = Kind()
  private var files: [File] = []
  /// The number of each file, by the bytes of its path.
  private var numbers: [[UInt8]: Int] = [:]

  init(_ findings: [Finding] = []) {
    self += findings
  }

  static func += (list: inout FindingList, findings: some Sequence<Finding>) {
    for finding in findings { list.add(finding) }
  }

  mutating func add(_ finding: Finding) {
    if finding.omitted == 0 {
      add(finding.severity, in: finding.file) { finding }
    } else {
      omit(finding.omitted, finding.severity, in: finding.file)
    }
  }

  /// Adds a finding that is only made if it is kept.
  mutating func add(_ severity: Finding.Severity, in file: String, _ make: () -> Finding) {
    let isError = severity == .error
    guard !(isError ? errors : others).isFull else {
      if isError { errors.omitted += 1 } else { others.omitted += 1 }
      return
    }
    let number = number(of: file)
    let known = isError ? files[number].errors.count : files[number].others.count
    guard known < Limits.findingsPerFile else { return omit(1, severity, in: file) }
    let finding = make()
    if isError {
      files[number].errors.append(finding)
      errors.count += 1
      errors.bytes += finding.size
    } else {
      files[number].others.append(finding)
      others.count += 1
      others.bytes += finding.size
    }
  }

  /// Adds what `check` finds for each of `0..<count`, on all cores and some of them at a time.
  mutating func add(count: Int, _ check: @Sendable (Int) -> [Finding]) {
    for start in stride(from: 0, to: count, by: 256) {
      for findings in concurrentMap(min(256, count - start), { check(start + $0) }) {
        self += findings
      }
    }
  }

  private mutating func omit(_ count: Int, _ severity: Finding.Severity, in file: String) {
    guard !(severity == .error ? errors : others).isFull else {
      if severity == .error { errors.omitted += count } else { others.omitted += count }
      return
    }
    let number = number(of: file)
    if severity == .error {
      files[number].omittedErrors += count
    } else {
      files[number].omittedOthers += count
    }
  }

  private mutating func number(of file: String) -> Int {
    let key = Array(file.utf8)
    if let number = numbers[key] { return number }
    numbers[key] = files.count
    files.append(File(path: file))
    return files.count - 1
  }

  /// By file, with one finding for those of a file that are not listed, and one for all others.
  var findings: [Finding] {
    var findings: [Finding] = []
    for file in files {
      let others = file.others.prefix(Limits.findingsPerFile - file.errors.count)
      findings += file.errors + others
      let omitted = file.omittedErrors + file.omittedOthers + file.others.count - others.count
      guard omitted > 0 else { continue }
      findings.append(
        .more(
          omitted, file.omittedErrors > 0 ? .error : .warning, in: file.path,
          "\(file.errors.count + others.count) findings about this file are listed, and "
            + "\(omitted) more are not"))
    }
    let omitted = errors.omitted + others.omitted
    if omitted > 0 {
      findings.append(
        .more(
          omitted, errors.omitted > 0 ? .error : .warning, in: Paths.configuration,
          "\(findings.count) findings are listed, and \(omitted) more about other files are not"))
    }
    return findings
  }
}

extension Finding {
  fileprivate var size: Int { file.utf8.count + message.utf8.count + (hint?.utf8.count ?? 0) }

  /// One that stands for others.
  static func more(
    _ count: Int, _ severity: Severity, in file: String, _ message: String
  ) -> Finding {
    let hint = "mend those that are listed, and run it again"
    var finding = Finding(.moreFindings, severity, in: file, message, hint: hint)
    finding.omitted = count
    return finding
  }
}
