internal import Naming
internal import Secrets

/// Which definitions of a repository may be used for requests with a key.
extension OriginPolicy {
  /// Why a definition may not be used.
  enum Objection: Sendable {
    /// It changes parts of a built-in provider that decide where a key goes, under which name, and what an
    /// answer means.
    case changesBuiltIn([String])
    /// It sends more beside the key than what is plain.
    case isNotPlain(PlainRequest.Exception)
  }

  /// Why the repository's definition of a provider may not be used; nil if it may. The built-in ones may, and
  /// so may one that the user allows as it is written.
  func objection(to provider: Provider) -> Objection? {
    let changes = provider.source.protectedChanges
    let exception = provider.isSigned ? nil : provider.exception
    guard !changes.isEmpty || exception != nil, !allows(provider) else { return nil }
    if !changes.isEmpty, !allowsHosts(of: provider) { return .changesBuiltIn(changes) }
    return exception.map(Objection.isNotPlain)
  }

  /// Whether it may be used.
  func trusts(_ provider: Provider) -> Bool { objection(to: provider) == nil }

  /// What counts of a provider: its definition if that is trusted, else the built-in one.
  func definition(_ provider: Provider) -> Provider {
    trusts(provider) ? provider : BuiltIn.provider(provider.id) ?? provider
  }

  /// The words of `KEYVAULT_ALLOW_PROVIDERS`, and `configured`, those of the user's configuration. Throws a
  /// usage failure for one that no definition can have.
  static func definitions(
    _ words: [String], configured: [String]
  ) throws(Failure) -> Set<Name> {
    for (words, place) in [
      (words, "KEYVAULT_ALLOW_PROVIDERS"),
      (configured, "allow_providers of the user's configuration"),
    ] {
      for word in words where !Provider.isPermission(word) {
        throw Failure(
          .usage,
          "invalid provider '\(word.printable(limit: 120))' in \(place): expected an id, a colon and "
            + "\(Provider.digits) hexadecimal digits, as the refusal of its file shows them")
      }
    }
    return Set(names: words + configured)
  }
}

extension Provider {
  fileprivate static let digits = 40

  /// Names this definition as it is written, as `KEYVAULT_ALLOW_PROVIDERS` does: its id and the digest of all
  /// that decides about its keys. Its name, its links and the like may change.
  var permission: String {
    let parts = Provider.parts(of: root)
    let text = Source.protected.sortedTexts.map { "\($0) \(parts[$0]?.json ?? "")\n" }.joined()
    return "\(id):\(SHA256.hex(of: Array(text.utf8)).prefix(Self.digits))"
  }

  fileprivate static func isPermission(_ word: String) -> Bool {
    let sides = word.split(separator: ":", omittingEmptySubsequences: false)
    return sides.count == 2 && isID(String(sides[0])) && sides[1].utf8.count == digits
      && sides[1].unicodeScalars.allSatisfy { ("0"..."9").contains($0) || ("a"..."f").contains($0) }
  }

  /// Relative to the root.
  var file: String { "\(Paths.providers)/\(id).yaml" }
}

extension OriginPolicy.Objection {
  /// In a sentence, of the definition's provider.
  func text(of provider: Provider) -> String {
    switch self {
    case .changesBuiltIn(let changes):
      "\(provider.file) changes \(changes.joined(separator: ", ")) of a built-in provider"
    case .isNotPlain(let exception):
      "\(exception.text) in \(provider.file) may tell the server where to forward the key"
    }
  }

  /// What permits it.
  func hint(for provider: Provider) -> String {
    switch self {
    case .changesBuiltIn: "KEYVAULT_ALLOW_HOSTS allows its hosts"
    case .isNotPlain:
      "if the file is right, \(Shell("KEYVAULT_ALLOW_PROVIDERS=\(provider.permission)")) allows it as it "
        + "is now"
    }
  }
}
