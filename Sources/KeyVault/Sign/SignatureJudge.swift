internal import GPG
internal import Naming
internal import YAML

/// Judges signatures by the public keys of the repository and the caller's rules. No secret key is
/// needed.
struct SignatureJudge: Sendable {
  let rules: SigningRules
  private let vaultID: String
  private let verifier: SignatureVerifier

  /// With every key of `.public-keys`, so that an unauthorized signer can be named; or with those
  /// of
  /// `fingerprints` alone.
  init(
    _ rules: SigningRules, of repository: Repository, keys fingerprints: Set<Name>? = nil,
    program: GPGProgram
  ) throws(GPGError) {
    self.rules = rules
    vaultID = repository.configuration.vaultID
    // Of too many files those of the trusted are enough to know whose signature counts.
    let listed = try? PublicKeys.listed(in: repository)
    let wanted = fingerprints ?? rules.signers
    let names = listed?.filter { fingerprints?.contains($0) ?? true } ?? wanted.sortedTexts
    verifier = try SignatureVerifier(
      keys: names.compactMap(repository.vault.publicKey), program: program.path,
      runtimeDirectory: program.runtimeDirectory)
  }

  /// What the signature of each entry is worth. An entry whose sidecar is missing or broken has none.
  func states(of entries: [Vault.Entry]) throws(GPGError) -> [SignatureState] {
    var states = [SignatureState](repeating: .missing, count: entries.count)
    var signed: [(index: Int, signature: DetachedSignature, text: [UInt8])] = []
    for (index, entry) in entries.enumerated() {
      guard let root = entry.sidecar?.root, let field = root[SignedEntry.field] else { continue }
      states[index] = .bad
      if let signature = field.string.flatMap(SignedEntry.signature),
        let text = SignedEntry.text(of: entry.name, sidecar: root, vault: vaultID)
      {
        signed.append((index, signature, text))
      }
    }
    let verdicts = try verdicts(on: signed.map { ($0.signature, $0.text) })
    for (item, verdict) in zip(signed, verdicts) {
      let writers = rules.writers(of: entries[item.index].name.environment)
      states[item.index] = SignatureState(verdict, writers: writers)
    }
    return states
  }

  /// What a signature over a document of the whole vault is worth.
  func state(of signature: DetachedSignature?, over text: [UInt8]) throws(GPGError)
    -> SignatureState
  {
    guard let signature else { return .bad }
    let verdict = try verifier.verdicts(on: [(signature, text)])[0]
    return SignatureState(verdict, writers: rules.writers(of: ""))
  }

  /// On all cores where there are many.
  private func verdicts(
    on items: [(signature: DetachedSignature, text: [UInt8])]
  ) throws(GPGError) -> [SignatureVerdict] {
    let size = max(64, (items.count + availableCores - 1) / availableCores)
    let starts = Array(stride(from: 0, to: items.count, by: size))
    let parts = concurrentMap(starts.count) { index in
      let part = Array(items[starts[index]..<min(starts[index] + size, items.count)])
      return Result { () throws(GPGError) in try verifier.verdicts(on: part) }
    }
    var verdicts: [SignatureVerdict] = []
    for part in parts { verdicts += try part.get() }
    return verdicts
  }
}
