internal import Naming

/// Files of a repository that git ignores, so that commits leave them out.
///
/// A file that git has already is not ignored, whatever a rule says. Rules come from `.gitignore` files,
/// `.git/info/exclude`, and the person's or the system's `core.excludesFile`; only git knows which holds.
public struct IgnoredFiles: Sendable {
  /// A line of a file of rules.
  public struct Rule: Sendable, Equatable {
    /// As it is written.
    public let pattern: String
    /// `.gitignore:3`, from the top of the work tree, or absolute.
    public let place: String

    /// For messages: `'*.gpg' in .gitignore:3`.
    public var text: String {
      "'\(pattern.printable(limit: 80))' in \(place.printable(limit: 200))"
    }
  }

  /// Files that one rule ignores.
  public struct Group: Sendable {
    public let rule: Rule
    /// Relative to the repository's root, in order; at least one.
    public internal(set) var paths: [String]

    /// `git ignores 'vault/a.gpg' and 2 other files, by '*.gpg' in .gitignore:3`.
    public var message: String {
      let others =
        paths.count == 1 ? "" : " and \(KeyVault.count(paths.count - 1, "other file")) of the vault"
      return "git ignores '\(paths[0].printable)'\(others), by \(rule.text): commits leave "
        + (paths.count == 1 ? "it out" : "them out")
    }

    /// How to fix it.
    public var hint: String {
      let add = Shell("git add --force -- \(paths: paths)")
      return "remove that rule"
        + (paths.count > 4 ? "" : ", or add the files anyway: \(add)")
    }
  }

  private let git: Git
  /// The repository's folder below the one that git runs in: empty, or with a slash at the end.
  private let prefix: String

  /// `root` is the repository's, absolute.
  public init(in root: String) {
    git = Git(in: root)
    prefix = ""
  }

  /// For a hook, whose variables hold at the top of the work tree alone. `prefix` is the repository's folder
  /// there.
  init(in workTree: WorkTree, below prefix: String) {
    git = workTree.git
    self.prefix = prefix
  }

  /// All of the repository's files that are ignored, by rule; none outside of a work tree.
  public func all() throws(Failure) -> [Group] {
    guard git.isPresent else { return [] }
    let output = try git.output(
      of: ["ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--"]
        + [Paths.configuration, Paths.providers, Paths.vault].map {
          ":(literal)" + prefix + $0
        },
      within: .listing, or: Self.what)
    let paths = output.split(separator: 0).map { String(name: $0.dropFirst(prefix.utf8.count)) }
    return try groups(paths.filter(Self.isOurs))
  }

  /// Which of these files (relative to the root) git ignores, by rule; none outside of a work tree.
  public func among(_ paths: [String]) throws(Failure) -> [Group] {
    guard git.isPresent else { return [] }
    return try groups(paths.filter(Self.isOurs))
  }

  private static let what = "git could not tell which files it ignores"

  /// Whether commits must have a file.
  private static func isOurs(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    guard let name = parts.last, !name.hasPrefix(".keyvault-") else { return false }
    switch String(parts[0]) {
    case Paths.configuration: return parts.count == 1
    case Paths.providers: return parts.count == 2 && name.hasSuffix(".yaml")
    case Paths.vault:
      return parts.contains { $0 == Paths.publicKeys }
        || name.hasPrefix(Paths.list)
        || path == SignedRecipients.path
        || !name.hasPrefix(".") && (name.hasSuffix(".gpg") || name.hasSuffix(".yaml"))
    default: return false
    }
  }

  private func groups(_ paths: [String]) throws(Failure) -> [Group] {
    guard !paths.isEmpty else { return [] }
    let input: [UInt8] = paths.flatMap { path in Array((prefix + path).utf8) + [0] }
    let arguments = ["check-ignore", "--verbose", "-z", "--stdin"]
    guard let answer = git.answer(arguments, input: input) else {
      throw Git.notInstalled(Self.what)
    }
    // 1: none of them is ignored.
    guard answer.status < 2 else { throw git.failure(Self.what, answer) }
    let fields = answer.output.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(name: $0) }
    var groups: [Group] = []
    var numbers: [Name: Int] = [:]
    // The file of rules, the line, the pattern, and the path.
    for index in stride(from: 0, to: fields.count - 3, by: 4) {
      let rule = Rule(
        pattern: fields[index + 2], place: "\(fields[index]):\(fields[index + 1])")
      // The last rule that fits takes it back.
      guard !rule.pattern.hasPrefix("!") else { continue }
      let number = numbers[Name("\(rule.place) \(rule.pattern)")] ?? groups.count
      if number == groups.count {
        numbers[Name("\(rule.place) \(rule.pattern)")] = number
        groups.append(Group(rule: rule, paths: []))
      }
      groups[number].paths.append(String(fields[index + 3].dropFirst(prefix.count)))
    }
    return groups
  }
}

extension IgnoredFiles {
  /// One finding a rule. A vault that is ignored as a whole, with its keyvault.yaml, is kept out of git on
  /// purpose, so that it is a warning.
  func findings() throws(Failure) -> [Finding] {
    let groups = try all()
    let isPrivate = groups.contains { $0.paths.contains(Paths.configuration) }
    return groups.map { group in
      Finding(
        .ignoredByGit, isPrivate ? .warning : .error, in: group.paths[0], group.message,
        hint: group.hint)
    }
  }
}
