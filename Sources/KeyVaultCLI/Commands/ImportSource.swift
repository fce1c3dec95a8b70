import CProcess
import Glibc
import KeyVault
import Naming
import Secrets

/// Where keys are taken from.
enum ImportSource {
  case file(String)
  case standardInput
  /// The variables of this process.
  case environment
  /// A folder or an entry of a password store.
  case pass(String)

  /// What a person writes: `.env`, `-`, `env`, `pass:PATH`. A file called `env` is `./env`.
  init(_ text: String) {
    switch text {
    case "-": self = .standardInput
    case "env": self = .environment
    case _ where text.hasPrefix("pass:"): self = .pass(String(text.dropFirst("pass:".count)))
    default: self = .file(text)
    }
  }

  var name: String {
    switch self {
    case .file(let path): path
    case .standardInput: "standard input"
    case .environment: "the environment"
    case .pass(let path): "pass:\(path)"
    }
  }

  /// What it holds. Nothing is started, save gpg for a password store.
  func read(_ session: Session) throws -> Found {
    let text: DotenvText
    switch self {
    case .file(let path): text = try DotenvText(SecretInput.text(of: path))
    case .standardInput: text = try DotenvText(SecretInput.standardInputText())
    case .environment: return Found(variables: Self.environmentVariables())
    case .pass(let path):
      let store = PassStore(at: session.surroundings.passStore)
      return Found(variables: try store.variables(at: path, with: session.gpg()))
    }
    return Found(variables: text.variables, faults: text.faults, text: text)
  }

  /// What a source holds.
  struct Found {
    var variables: [FoundVariable]
    var faults: [DotenvText.Fault] = []
    /// All of it, where it is a text.
    var text: DotenvText?
  }

  private static func environmentVariables() -> [FoundVariable] {
    var found: [FoundVariable] = []
    var pointer = environ
    while let entry = pointer.pointee {
      pointer += 1
      guard let equals = strchr(entry, Int32(UInt8(ascii: "="))) else { continue }
      let length = equals - entry
      let name = String(
        decoding: UnsafeRawBufferPointer(start: entry, count: length), as: UTF8.self)
      let value = UnsafeRawBufferPointer(start: equals + 1, count: strlen(equals + 1))
      found.append(FoundVariable(name, Secret(copying: value.bytes)))
    }
    return found.sorted { $0.name < $1.name }
  }

  /// Takes what may be a key out of the environment, before a child is started that could see it.
  func hide(_ plan: ImportPlan) {
    guard case .environment = self else { return }
    let found = plan.keys.map(\.found) + plan.ambiguities.map(\.found) + plan.refused.map(\.found)
    for name in found.map(\.name) {
      if let value = getenv(name) { explicit_bzero(value, strlen(value)) }
      unsetenv(name)
    }
  }

  /// Whether a person wrote down what it holds.
  var isListed: Bool { if case .environment = self { false } else { true } }

  /// Whether standard input is still there to answer questions.
  var leavesInput: Bool { if case .standardInput = self { false } else { true } }
}

extension ImportSource {
  /// What still holds the keys in plaintext, and what to do about it, in sentences.
  func remains(after report: ImportReport, _ found: Found, _ plan: ImportPlan) -> [String] {
    let kept = report.keys.filter { $0.outcome == .stored || $0.outcome == .present }
    let entries = Set(names: kept.compactMap(\.entry))
    let values = plan.keys.filter { entries.contains($0.entry.path) }.map(\.found)
    if case .file(let path) = self, let text = found.text {
      return Self.remains(of: path, text.lines(holding: values), kept, isAll: report.isWhole)
    }
    guard !kept.isEmpty else { return [] }
    let names = values.filter(\.hasShownName).map(\.name)
    let unnamed = Self.text(unnamed: values.count - names.count)
    var remarks: [String] = []
    switch self {
    case .standardInput:
      remarks = [
        "the keys came through a pipe: delete the file that they are from, if there is one"
      ]
    case .environment:
      if !names.isEmpty {
        remarks.append("this shell still has the keys: \(Shell("unset \(names)"))")
      }
      if let unnamed { remarks.append("this shell still has \(unnamed): unset each by its name") }
      remarks.append(
        "look for them in what sets them, such as ~/.profile, and in the shell's history")
    case .pass:
      if !names.isEmpty {
        remarks.append(
          "the password store still has the keys, and so has its git history; what is not needed there: "
            + names.map { Shell("pass rm \($0)").description }.joined(separator: "; "))
      }
      if let unnamed {
        remarks.append(
          "the password store still has \(unnamed), and so has its git history: remove each by its name"
        )
      }
    case .file: break
    }
    return remarks
  }

  /// nil for none.
  private static func text(unnamed count: Int) -> String? {
    switch count {
    case 0: nil
    case 1: "1 key whose name is not shown here, because it could be a secret"
    default: "\(count) keys whose names are not shown here, because they could be secrets"
    }
  }

  private static func remains(
    of path: String, _ lines: (kept: [Int], others: [Int]), _ kept: [ImportReport.Key],
    isAll: Bool
  ) -> [String] {
    // What was a pipe is gone.
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return [] }
    let shown = "'\(path.printable(limit: 200))'"
    var remarks: [String] = []
    if !lines.kept.isEmpty {
      remarks.append(
        "\(shown) still holds the keys in plaintext: delete "
          + (isAll && lines.others.isEmpty ? "it" : "\(list(lines.kept)) of it"))
    }
    if !lines.others.isEmpty {
      remarks.append(
        "\(list(lines.others)) of \(shown) \(lines.others.count == 1 ? "holds a key" : "hold keys") "
          + "that the vault does not have: import or revoke before you delete")
    }
    if !lines.kept.isEmpty, let isTracked = isTracked(path) {
      let rotations = kept.compactMap(\.entry).map { Shell("keyvault rotate \($0)").description }
      remarks.append(
        (isTracked ? "git has \(shown), and its" : "git had \(shown), and its")
          + " history keeps the keys"
          + (isTracked ? ": \(Shell("git rm --cached \(path)")), then " : "; ")
          + "rotate them: " + rotations.joined(separator: "; "))
    }
    return remarks
  }

  private static func list(_ lines: [Int]) -> String {
    (lines.count == 1 ? "line " : "lines ") + lines.map(String.init).joined(separator: ", ")
  }

  /// Whether git tracks the file; nil where it never did.
  private static func isTracked(_ path: String) -> Bool? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    let file = String(cString: real)
    let slash = file.lastIndex(of: "/") ?? file.startIndex
    let git = Git(in: slash == file.startIndex ? "/" : String(file[..<slash]))
    guard git.isPresent else { return nil }
    if git.line(["ls-files", "--", file]) != nil { return true }
    return git.line(["rev-list", "--all", "-1", "--", file]) == nil ? nil : false
  }
}
