internal import YAML

extension KeyScan {
  /// The key in the clear that a file's content holds, if any: of a link, its target. `path` is where it
  /// lies from the top of the work tree, and `repositories` the folders there (empty, or with a slash at
  /// the end) that hold a keyvault.yaml.
  func findings(in content: [UInt8], path: String, repositories: [String]) -> [Finding] {
    guard let hit = hit(in: content, path, repositories) else { return [] }
    return [
      Finding(
        code: "plaintext-key", severity: .error, file: path,
        place: Place(line: hit.line, column: 1),
        message: hit.provider.map { "this looks like a key of \($0), in the clear" }
          ?? "this could be a key, in the clear",
        hint: "store it with 'keyvault add', and take it out of the file; 'git commit "
          + "--no-verify' if it is none")
    ]
  }

  /// The key in the clear that the name of a file or of a folder above it is, if any. The path is masked.
  func findings(inPath path: String) -> [Finding] {
    guard let hit = firstKey(in: Array(path.utf8)) else { return [] }
    return [
      Finding(
        code: "plaintext-key", severity: .error, file: masked(path: path),
        message: hit.provider.map { "the name looks like a key of \($0), in the clear" }
          ?? "the name could be a key, in the clear",
        hint:
          "store it with 'keyvault add', and rename the file; 'git commit --no-verify' if it is none"
      )
    ]
  }

  /// Takes keys out of what is shown of findings, where one of these paths has one.
  func masking(_ paths: some Sequence<String>) -> (Finding) -> Finding {
    let hidden = paths.filter { firstKey(in: Array($0.utf8)) != nil }
    guard !hidden.isEmpty else { return { $0 } }
    func shown(_ text: String) -> String {
      masked(hidden.reduce(text) { $0.replacing($1, with: masked(path: $1)) })
    }
    return { finding in
      var finding = finding
      finding.file = shown(finding.file)
      finding.message = shown(finding.message)
      finding.hint = finding.hint.map(shown)
      return finding
    }
  }

  /// A path without the keys in it, whatever they are encoded in.
  private func masked(path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map { part in
      let shown = masked(String(part))
      return firstKey(in: Array(shown.utf8)) == nil ? shown : "…"
    }
    let shown = parts.joined(separator: "/")
    // A slash is a digit of base64 too.
    return firstKey(in: Array(shown.utf8)) == nil ? shown : "…"
  }

  private func hit(in bytes: [UInt8], _ path: String, _ repositories: [String]) -> Hit? {
    guard let root = repositories.last(where: { path.hasPrefix($0 + Vault.folder + "/") }) else {
      return firstKey(in: bytes)
    }
    let name = path.dropFirst(root.count + Vault.folder.count + 1)
    // What has a form of its own is checked for that.
    let isKnown =
      name.hasSuffix(".gpg") || name.hasSuffix(".yaml") || name.hasPrefix(RecipientList.publicKeys)
      || name.split(separator: "/").last.map { $0.hasPrefix(RecipientList.fileName) } ?? false
    return firstKey(in: bytes) ?? (isKnown ? nil : firstLine(in: bytes))
  }
}
