internal import Naming

/// Names in one folder that differ only in the case of their letters. File systems of macOS and Windows have
/// one file for both.
struct CaseChecks {
  private let names: [String]
  /// Relative to the root.
  private let folder: String

  init(_ items: [Folder.Item], in folder: String) {
    names = items.map(\.name)
    self.folder = folder
  }

  func findings() -> [Finding] {
    // One of two such names has a capital letter, and few names have.
    let capital = names.filter { $0.utf8.contains { (0x41...0x5a).contains($0) } }
    guard !capital.isEmpty else { return [] }
    var first: [Name: String] = [:]
    var findings: [Finding] = []
    let lowered = Set(names: capital.map { $0.lowercased() })
    for name in names.sorted(by: { Name($0) < Name($1) }) {
      let key = name.lowercased()
      guard lowered.contains(key) else { continue }
      guard let other = first[key] else {
        first[key] = name
        continue
      }
      findings.append(
        Finding(
          .differsInCase, .warning, in: "\(folder)/\(name.printable)",
          "this name and '\(other.printable(limit: 80))' differ only in case: on macOS and Windows they "
            + "are one file",
          hint: "move one of them: keyvault mv"))
    }
    return findings
  }
}
