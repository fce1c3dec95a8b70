internal import Naming

/// Findings as they come, within bounds: so many of a file and so many in all are kept, errors before
/// others, and the rest is counted. A repository's author decides how many there are, so each code has a
/// share of its own: no number of findings of one code hides another one.
struct FindingList {
  /// Errors have bounds of their own, so that no number of warnings hides one.
  private struct Kind {
    var all = Size()
    var codes: [Name: Size] = [:]
    var omitted = 0

    func isFull(for code: Name) -> Bool {
      all.reaches(Limits.findings, Limits.findingBytes)
        && (codes[code] ?? Size()).reaches(Limits.findingsPerCode, Limits.findingBytesPerCode)
    }

    mutating func count(_ finding: Finding, as code: Name) {
      all.add(finding.size)
      codes[code, default: Size()].add(finding.size)
    }
  }

  private struct Size {
    var count = 0
    var bytes = 0

    func reaches(_ count: Int, _ bytes: Int) -> Bool { self.count >= count || self.bytes >= bytes }

    mutating func add(_ bytes: Int) {
      count += 1
      self.bytes += bytes
    }
  }

  /// Those of a file that are errors, or that are not.
  private struct Part {
    var findings: [Finding] = []
    var codes: [Name: Int] = [:]
    /// Not kept, because there are too many of this file.
    var omitted = 0

    func isFull(for code: Name) -> Bool {
      findings.count >= Limits.findingsPerFile
        && codes[code, default: 0] >= Limits.findingsPerFileAndCode
    }
  }

  private struct File {
    let path: String
    var errors = Part()
    var others = Part()
  }

  /// Whether what is added says what a change does. A person who judges the change must see all of that,
  /// so that it is an error to leave any of it out.
  var isOfChange = false

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
      add(finding.severity, Name(finding.code), in: finding.file) { finding }
    } else if (finding.severity == .error ? errors : others).isFull(for: Name(finding.code)) {
      omit(finding.omitted, finding.severity)
    } else {
      omit(finding.omitted, finding.severity, in: finding.file)
    }
  }

  /// Adds a finding that is only made if it is kept.
  mutating func add(
    _ code: Finding.Code, _ severity: Finding.Severity = .error, in file: String,
    _ make: () -> Finding
  ) {
    add(severity, Name(code.rawValue), in: file, make)
  }

  private mutating func add(
    _ severity: Finding.Severity, _ code: Name, in file: String, _ make: () -> Finding
  ) {
    let kind = severity == .error ? \Self.errors : \Self.others
    guard !self[keyPath: kind].isFull(for: code) else { return omit(1, severity) }
    let number = number(of: file)
    let part = severity == .error ? \File.errors : \File.others
    guard !files[number][keyPath: part].isFull(for: code) else {
      return omit(1, severity, in: file)
    }
    let finding = make()
    files[number][keyPath: part].findings.append(finding)
    files[number][keyPath: part].codes[code, default: 0] += 1
    self[keyPath: kind].count(finding, as: code)
  }

  /// Adds what `check` finds for each of `0..<count`, on all cores and some of them at a time.
  mutating func add(count: Int, _ check: @Sendable (Int) -> [Finding]) {
    for start in stride(from: 0, to: count, by: 256) {
      for findings in concurrentMap(min(256, count - start), { check(start + $0) }) {
        self += findings
      }
    }
  }

  private mutating func omit(_ count: Int, _ severity: Finding.Severity) {
    if isOfChange || severity == .error { errors.omitted += count } else { others.omitted += count }
  }

  private mutating func omit(_ count: Int, _ severity: Finding.Severity, in file: String) {
    let number = number(of: file)
    if isOfChange || severity == .error {
      files[number].errors.omitted += count
    } else {
      files[number].others.omitted += count
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
      let listed = file.errors.findings + file.others.findings
      findings += listed
      let omitted = file.errors.omitted + file.others.omitted
      guard omitted > 0 else { continue }
      findings.append(
        .more(
          omitted, file.errors.omitted > 0 ? .error : .warning, in: file.path,
          "\(listed.count) findings about this file are listed, and \(omitted) more are not"))
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
    let hint = "fix the listed findings, then run the command again"
    var finding = Finding(.moreFindings, severity, in: file, message, hint: hint)
    finding.omitted = count
    return finding
  }
}
