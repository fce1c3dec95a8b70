internal import Naming
public import Secrets

/// Adds a key: asks its provider whether it works, then encrypts it and stores it as an entry.
public struct AddKey: Sendable {
  public let entry: EntryName
  /// The id of the provider; nil for that of the entry that is replaced, else for the entry's name.
  public var provider: String?
  /// Additional fields of the credential; none may be secret.
  public var fields: [(name: String, value: String)] = []
  public var about = Vault.Description()
  /// Whether an existing entry is replaced; it keeps its sidecar.
  public var replaces = false
  public var checks = KeyChecks()

  public init(_ entry: EntryName) { self.entry = entry }

  public struct Outcome: Sendable {
    /// The key, masked.
    public let preview: String
    /// Where the key may travel, as the payload says.
    public let hosts: [String]
    /// Whether an entry was replaced.
    public let isReplacement: Bool
    /// Why the provider's answer is not remembered; nil if it is, or was not asked for.
    public let unrecorded: Failure?
  }

  /// `key` hands over the key of a provider; it is called once all has been checked that does not need the key. Throws,
  /// with nothing sent or stored, where a check objects, consent is denied, or the provider rejects the key.
  public func run(
    in workspace: Workspace, key: @Sendable (Provider) throws(Failure) -> Secret
  ) async throws(Failure) -> Outcome {
    let vault = workspace.vault
    // Read first: what is written over is what was judged, and not what comes after, be it between these two lines or
    // while the provider is asked.
    let present = vault.present(entry)
    let existing = try? vault.entry(entry)
    if existing != nil, !replaces {
      throw Failure(
        .usage, "'\(entry)' exists already", hints: ["--replace replaces it, and keeps its sidecar"]
      )
    }
    let newFolder = try workspace.settle(folder: entry.environment)
    let provider = try knownProvider(inPlaceOf: existing, in: workspace)
    try about.check()
    if let variable = about.variable {
      try workspace.admit(variable: variable, of: entry)
    } else {
      try workspace.warnOfNames(of: provider)
    }
    for (name, value) in fields { try provider.check(field: name, value: value) }
    var destinations = try workspace.policy().destinations(
      of: provider, fields: Dictionary(fields.map { (Name($0.name), $0.value) }) { $1 },
      gateway: workspace.repository.gateway(of: entry))
    var intake = KeyIntake(checks, in: workspace)
    try intake.settle(&destinations)

    let key = try intake.checked(key(provider), of: provider)
    let replacement = try Replacement(of: existing, at: entry, by: key, in: workspace)
    let new = NewKey(
      entry: entry, provider: provider.id, key: key, fields: fields, hosts: destinations.hosts,
      serial: replacement.serial, isOtherKey: replacement.isProven)
    let prepared = try vault.prepare(
      new, about: about, over: present, program: workspace.program(), now: workspace.now)
    let answer = try await intake.test(new, at: destinations, of: provider)
    let unrecorded = try intake.store(prepared, answer: answer)
    workspace.tell(newFolder)
    return Outcome(
      preview: try vault.entry(entry).sidecar?.preview ?? "…", hosts: destinations.hosts,
      isReplacement: existing != nil, unrecorded: unrecorded)
  }

  private func knownProvider(
    inPlaceOf old: Vault.Entry?, in workspace: Workspace
  ) throws(Failure) -> Provider {
    let id =
      if let provider { provider } else if let old { try workspace.provider(of: old) } else {
        entry.name
      }
    let catalogue = workspace.repository.catalogue
    if let provider = try catalogue.provider(id) { return provider }
    let close = Suggestion.closest(to: id, among: catalogue.ids)
    throw Failure(
      .usage, "unknown provider '\(id.printable(limit: 80))'",
      hints: [
        close.map { "did you mean --provider \($0)?" }
          ?? "specify --provider ID, or add providers.d/\(id).yaml",
        "'keyvault providers' shows all",
      ])
  }
}

extension Workspace {
  /// The provider of a new key that takes the place of `old`, where none is named: the sidecar's, if the payload of the
  /// old key confirms it.
  fileprivate func provider(of old: Vault.Entry) throws(Failure) -> String {
    if old.provider != old.name.name {
      do throws(Failure) {
        let opened = try vault.open(old, requiring: .signed, with: gpg())
        if opened.payload.isBound { return opened.provider }
      } catch {
        guard error.kind == .locked else { throw error }
      }
    }
    return try old.providerByName(or: "add")
  }
}
