internal import Naming

/// What git has at the places of a repository and no check of the work tree shows: submodules, which are empty
/// folders until git fetches them; links that the checkout writes as files or leaves out; and this machine's
/// own state.
struct TrackedFiles {
  private let root: String

  /// `root` is the repository's, absolute.
  init(in root: String) {
    self.root = root
  }

  private static let places = [
    Paths.configuration, Paths.vault, Paths.providers, Paths.schemas, Paths.state,
  ]

  /// Outside of a work tree there are none. That git does not answer is a finding.
  func findings() -> [Finding] {
    let git = Git(in: root)
    guard git.isPresent else { return [] }
    var findings = FindingList()
    var isStateTracked = false
    do throws(Failure) {
      let folder = try reporting { () throws(FileError) in try Folder(root) }
      try git.readFields(
        ["ls-files", "--stage", "-z", "--"] + Self.places.map { ":(literal)\($0)" },
        within: .listing, or: "git could not list the repository's files"
      ) { record in
        let mode = record.prefix { $0 != UInt8(ascii: " ") }
        let path = record.drop { $0 != UInt8(ascii: "\t") }.dropFirst()
        if path.starts(with: Self.state) {
          isStateTracked = true
        } else if mode.elementsEqual(Self.submodule) {
          findings.add(Self.submodule(String(name: path)))
        } else if mode.elementsEqual(Self.link) {
          if let link = Self.hiddenLink(String(name: path), in: folder) { findings.add(link) }
        }
        return true
      }
    } catch {
      findings.add(
        Finding(
          .unreadable, error.kind == .programMissing ? .warning : .error, in: Paths.configuration,
          "\(error.message), so submodules in them were not looked for", hint: error.hints.first))
    }
    if isStateTracked {
      findings.add(
        Finding(
          .stateCommitted, in: Paths.state,
          "git tracks this machine's own state, so anyone who can push can write it",
          hint: Shell("git rm -r --cached \(path: Paths.state)").description))
    }
    return findings.findings
  }

  private static let state = Array(Paths.state.utf8)
  private static let submodule = Array("160000".utf8)
  private static let link = Array("120000".utf8)

  private static func submodule(_ path: String) -> Finding {
    Finding(
      .submodule, in: path.printable,
      "git has a submodule here: a clone with its submodules uses files that no commit of this "
        + "repository shows",
      hint: "commit the files themselves: \(Shell("git rm --cached -- \(path: path)"))")
  }

  /// A link that the work tree does not have as one. Of others the checks of their folder tell, except in
  /// `Schemas/`.
  private static func hiddenLink(_ path: String, in root: borrowing Folder) -> Finding? {
    var parts = path.split(separator: "/").map(String.init)
    let name = parts.popLast() ?? ""
    let folder = parts.joined(separator: "/")
    let isShown = (try? root.folder(folder))?.kind(of: name) == .link
    guard !isShown || parts.first == Paths.schemas else { return nil }
    return Finding(
      .symbolicLink, in: path.printable, "git has a symbolic link here, which is not followed",
      hint: "replace the link with the file, or remove it")
  }
}
