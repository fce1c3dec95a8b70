/// Signs entries that are not signed, or whose signer left; entries that were changed since only by name.
public struct SignEntries: Sendable {
  /// Empty for all that are due.
  public let names: [EntryName]

  public init(_ names: [EntryName] = []) {
    self.names = names
  }

  public struct Outcome: Sendable {
    public internal(set) var signed: [EntryName] = []
    /// Why one was not signed; nil if all were.
    public internal(set) var failure: Failure?
    /// Whether no entry needed a signature.
    public let isIdle: Bool
  }

  /// Throws, with nothing signed, where no one may sign, or the only entry that was named cannot be signed. Blocks.
  public func run(in workspace: Workspace) throws(Failure) -> Outcome {
    try workspace.checkSigning()
    let vault = workspace.vault
    var named: [Vault.Entry] = []
    for name in names { named.append(try vault.entry(name)) }
    let all = try vault.signatures(of: named.isEmpty ? vault.entries() : named)
    if named.isEmpty { warnOfChanged(all, in: workspace) }
    let chosen = all.filter { named.isEmpty ? $0.isDue : !$0.isGood }.map(\.entry.name)
    let signer = try workspace.repository.signer()
    let gpg = try workspace.gpg()
    var outcome = Outcome(isIdle: chosen.isEmpty)
    // Each is written by itself: a signature says nothing about other entries, gpg may ask for a passphrase or a token
    // at each, and a second run continues where an interrupted one stopped.
    for name in chosen {
      do throws(Failure) {
        let opened = try vault.sign(name, as: signer, with: gpg)
        outcome.signed.append(name)
        let hosts = OriginPolicy(allowed: []).ownHosts(of: opened)
        workspace.tell(
          Notice(
            .signed, .note,
            "signed \(name)"
              + (hosts.isEmpty ? "" : ", which may travel to \(hosts.joined(separator: ", "))")))
      } catch {
        // Of many, one that cannot be signed does not stop the rest.
        guard names.count != 1 else { throw error }
        workspace.tell(Notice(.unsigned, of: error))
        outcome.failure = outcome.failure ?? error
      }
    }
    return outcome
  }

  private func warnOfChanged(_ all: [Vault.EntrySignature], in workspace: Workspace) {
    for signature in all where !signature.isGood && !signature.isDue {
      let command = Shell("keyvault sign \(signature.entry.name)")
      workspace.tell(
        Notice(
          .unsigned, .warning, signature.text, hints: ["to sign its current content: \(command)"]))
    }
  }
}

/// Signs who can read which folder, the public keys, keyvault.yaml, and the provider files, in their current state.
public struct SignLists: Sendable {
  public init() {}

  public struct Outcome: Sendable {
    /// The number of this signature.
    public let counter: Int
    public let signer: String
    /// Relative to the root.
    public let written: [String]
  }

  /// Throws, with nothing changed, where no one may sign.
  public func run(in workspace: Workspace) throws(Failure) -> Outcome {
    try workspace.checkSigning()
    let signer = try workspace.repository.signer()
    let (counter, written) = try workspace.vault.signRecipients(as: signer)
    return Outcome(counter: counter, signer: signer.fingerprint, written: written)
  }
}

extension Workspace {
  /// Throws where the repository wants no signatures.
  fileprivate func checkSigning() throws(Failure) {
    guard repository.signingRules.policy == .off else { return }
    throw Failure(
      .usage, "signatures are off here",
      hints: ["set 'policy: {signatures: optional}' in keyvault.yaml, or 'required'"])
  }
}

extension Notice.Code {
  static let signed = Notice.Code(rawValue: "signed")
  /// An entry was not signed.
  static let unsigned = Notice.Code(rawValue: "unsigned")
}
