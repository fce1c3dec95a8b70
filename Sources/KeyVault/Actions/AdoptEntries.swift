/// Binds entries that another program made or moved to their places, and writes their sidecars: all of them, or none.
public struct AdoptEntries: Sendable {
  public let names: [EntryName]
  /// The id of their provider; nil for the one that the payload, or else the entry's name, gives.
  public let provider: String?
  /// The path from which the entry was moved or copied. An entry that is bound elsewhere needs it.
  public let source: String?
  /// Whether a key is bound that does not look like one of its provider.
  public let ignoresForm: Bool

  /// `names` has each entry once.
  public init(
    _ names: [EntryName], provider: String? = nil, from source: String? = nil,
    ignoresForm: Bool = false
  ) {
    self.names = names
    self.provider = provider
    self.source = source
    self.ignoresForm = ignoresForm
  }

  public struct Adopted: Sendable {
    public let name: EntryName
    /// The place whose sidecar came along; nil where none did.
    public let sidecar: EntryName?
    /// The place that the entry left; nil where it was not moved.
    public let left: EntryName?
  }

  /// Throws, with nothing changed, where an entry cannot be adopted. Blocks.
  public func run(in workspace: Workspace) throws(Failure) -> [Adopted] {
    // One that does not exist is reported before any other is opened.
    for name in names { _ = try workspace.vault.entry(name) }
    let program = try workspace.program()
    var prepared: [Vault.Prepared] = []
    var adopted: [Adopted] = []
    for name in names {
      let (change, outcome) = try adopt(name, with: program, in: workspace)
      prepared.append(change)
      adopted.append(outcome)
    }
    try workspace.vault.store(prepared)
    return adopted
  }

  private func adopt(
    _ name: EntryName, with program: GPGProgram, in workspace: Workspace
  ) throws(Failure) -> (Vault.Prepared, Adopted) {
    let vault = workspace.vault
    let entry = try vault.entry(name)
    let opened = try vault.open(entry, requiring: .anywhere, with: workspace.gpg())
    let origin = vault.origin(of: opened)
    if let origin { try checkMove(of: name, from: origin, in: workspace) }
    try checkForm(of: opened)
    let definition = try definition(of: entry, opened, in: workspace)
    let destinations = try workspace.policy().destinations(of: definition, gateway: nil)
    let left = try vault.sidecarLeft(behind: opened, with: workspace.gpg())
    let isVouched = try workspace.vouches(for: opened, as: definition.id)
    let new = try opened.rebound(
      to: definition, hosts: destinations.hosts,
      preview: workspace.repository.configuration.policy.preview,
      after: vault.lastSerial(of: name), as: left, isVouched: isVouched)
    let prepared = try vault.prepare(
      new, taking: left, over: .digest(opened.digest), program: program,
      now: workspace.now)
    if opened.payload.provider != definition.id, let objection = destinations.objection {
      workspace.tell(Notice(.destinations, of: objection))
    }
    let place = origin.flatMap { try? EntryName($0) }
    return (
      prepared,
      Adopted(
        name: name, sidecar: left?.origin,
        left: place.flatMap { vault.digest(of: $0) == nil ? $0 : nil })
    )
  }

  /// Throws unless the person knows where the entry comes from. Reports who reads it, before and after.
  private func checkMove(
    of name: EntryName, from origin: String, in workspace: Workspace
  ) throws(Failure) {
    guard origin == source else {
      throw Failure(
        .malformed,
        origin == name.path
          ? "'\(name)' was encrypted for another repository"
          : "'\(name)' holds the key of '\(origin.printable(limit: 120))'",
        hints: [
          "if it was moved on purpose: \(Shell("keyvault adopt \(name) --from \(origin)"))"
        ])
    }
    for place in [origin, name.path] {
      let readers = try workspace.vault.readers(of: place).joined(separator: ", ")
      workspace.tell(Notice(.readers, .note, "\(place): \(readers)"))
    }
  }

  private func definition(
    of entry: Vault.Entry, _ opened: OpenedEntry, in workspace: Workspace
  ) throws(Failure) -> Provider {
    let id =
      if let known = provider ?? opened.payload.provider { known } else {
        try entry.providerByName(or: "adopt")
      }
    guard let definition = try workspace.repository.catalogue.provider(id) else {
      throw Failure(
        .usage, "unknown provider '\(id.printable(limit: 80))'",
        hints: ["say --provider ID"])
    }
    // What was bound to this provider before was a key of it then.
    let isKnown = opened.payload.isBound && opened.payload.provider == definition.id
    if !ignoresForm, !isKnown,
      let objection = opened.payload.withKey({ definition.objection(to: $0) })
    {
      throw Failure(
        .findings, "'\(opened.name)': \(objection)",
        hints: [
          "nothing was changed; --provider ID names another provider, --force binds it anyway"
        ])
    }
    return definition
  }

  /// Throws where an entry of keyvault could not hold all of it.
  private func checkForm(of opened: OpenedEntry) throws(Failure) {
    let name = opened.name
    let edit = Shell("pass edit \(name)")
    if let objection = opened.payload.layoutObjection {
      throw Failure(
        .malformed, "'\(name)' has another form than an entry: \(objection)",
        hints: ["nothing was changed; write the key alone on the first line: \(edit)"])
    }
    if let fault = opened.payload.fault {
      throw Failure(
        .malformed, "'\(name)' holds what an entry cannot: \(fault)",
        hints: ["nothing was changed; make it 'note: …', or remove it: \(edit)"])
    }
    if let objection = opened.payload.withKey(KeyText.objection) {
      throw Failure(
        .malformed, "'\(name)' holds what cannot be a key: \(objection)",
        hints: opened.payload.withKey { KeyText.hints(for: $0) })
    }
  }
}

extension Notice.Code {
  /// Keys of a provider will not be sent to a host that only the repository names.
  static let destinations = Notice.Code(rawValue: "destinations")
}
