internal import YAML

extension KeyScan {
  /// A plaintext key that was found at `path`.
  static func finding(of hit: Hit, path: String) -> Finding {
    Finding(
      .plaintextKey, in: path, at: Place(line: hit.line, column: 1),
      hit.provider.map { "this looks like a plaintext key of \($0)" }
        ?? "this could be a plaintext key",
      hint: "store it with 'keyvault add', and remove it from the file; if it is not a key: "
        + "'git commit --no-verify'")
  }

  /// Reports the name of a file, or of a folder above it, that is a plaintext key. The path is
  /// masked.
  func findings(inPath path: String) -> [Finding] {
    guard let hit = firstKey(in: Array(path.utf8)) else { return [] }
    return [
      Finding(
        .plaintextKey, in: masked(path: path),
        hit.provider.map { "the name looks like a plaintext key of \($0)" }
          ?? "the name could be a plaintext key",
        hint:
          "store it with 'keyvault add', and rename the file; if it is not a key: 'git commit "
          + "--no-verify'"
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
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map {
      shown(String($0))
    }
    // A slash is a digit of base64 too.
    return shown(parts.joined(separator: "/"))
  }
}
