internal import Naming

/// Entries of which one file is staged without the other: the work tree is valid, and what will be
/// committed is not.
struct HalfStaged {
  /// Its top, absolute.
  let workTree: String
  /// Paths that differ from the last commit.
  let changes: Set<Name>
  /// Paths of files that git ignores.
  let ignored: Set<Name>

  private static let signs: Set<Name> = Set(
    names: [Finding.Code.digestMismatch, .noSidecar, .noKey].map(\.rawValue))

  /// The findings, with one that says what to do in place of those that half an entry has.
  func replacing(_ findings: [Finding]) -> [Finding] {
    findings.map { finding in
      guard Self.signs.contains(finding.code), let ciphertext = ciphertext(of: finding.file),
        isSound(ciphertext, mayBeGone: finding.code == Finding.Code.noKey.rawValue)
      else { return finding }
      let sidecar = ciphertext.partner ?? ciphertext
      let both = [ciphertext, sidecar]
      let isIgnored = ignored.contains(ciphertext) || ignored.contains(sidecar)
      return Finding(
        code: "half-staged", severity: .error,
        file: changes.contains(ciphertext) ? ciphertext : sidecar,
        message: isIgnored
          ? "git ignores the other file of this entry, and so it is not staged"
          : "the other file of this entry differs from what is staged",
        hint: Shell("git add \(isIgnored ? "--force" : "--all") -- \(paths: both)").description)
    }
  }

  private func ciphertext(of path: String) -> String? {
    path.hasSuffix(".gpg") ? path : path.partner
  }

  /// Whether the two files of the work tree belong together, or are both gone.
  private func isSound(_ ciphertext: String, mayBeGone: Bool) -> Bool {
    let key = bytes(ciphertext)
    let text = ciphertext.partner.flatMap(bytes)
    guard let key, let text else { return mayBeGone && key == nil && text == nil }
    guard case .success(let checked) = CheckedDocument.read(text, as: .entry, file: ciphertext)
    else { return false }
    return Sidecar(checked).digest == Vault.digest(key)
  }

  private func bytes(_ path: String) -> [UInt8]? {
    let parts = path.split(separator: "/").map(String.init)
    guard let name = parts.last else { return nil }
    let folder = try? Folder(workTree).folder(parts.dropLast().joined(separator: "/"))
    return try? folder?.read(name, limit: Limits.ciphertext)
  }
}
