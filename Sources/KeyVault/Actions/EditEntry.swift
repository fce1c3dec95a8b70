/// Changes what an entry's sidecar says, and fields of its credential that are not secret: all of it, or nothing.
public struct EditEntry: Sendable {
  public let name: EntryName
  /// Fields of the sidecar, of ``fields``; an empty value removes one.
  public let changes: [(field: String, value: String)]
  /// Additional fields of the credential.
  public let credential: [(name: String, value: String)]

  /// The fields of a sidecar that a person sets. `acknowledged` has as its value the last day on which the verdict
  /// `unverifiable` is accepted.
  public static let fields = [
    "owner", "description", "env", "expires", "disabled", Acknowledgement.field,
  ]

  public init(
    _ name: EntryName, changes: [(field: String, value: String)],
    credential: [(name: String, value: String)] = []
  ) {
    self.name = name
    self.changes = changes
    self.credential = credential
  }

  /// Asks about a variable's name that keyvault does not know. Throws, with nothing changed, where a change cannot be
  /// made. Blocks.
  public func run(in workspace: Workspace) throws(Failure) {
    let vault = workspace.vault
    let entry = try vault.entry(name)
    guard !changes.isEmpty || !credential.isEmpty else {
      throw Failure(
        .usage, "specify what to change",
        hints: [Shell("keyvault set \(name) owner=alice@example.com").description])
    }
    for change in changes { try check(change, now: workspace.now) }
    for (field, value) in changes where field == "env" && !value.isEmpty {
      try workspace.admit(variable: value, of: name)
    }
    guard !credential.isEmpty else { return try vault.setFields(changes, of: name) }
    guard let provider = try workspace.repository.catalogue.provider(entry.provider) else {
      throw Failure(.malformed, "unknown provider '\(entry.provider.printable(limit: 80))'")
    }
    for (field, value) in credential { try provider.check(field: field, value: value) }
    let opened = try vault.open(entry, requiring: .fitting, with: workspace.gpg())
    let isVouched = try workspace.vouches(for: opened)
    try vault.store(
      opened.changed(fields: credential, isVouched: isVouched),
      about: Vault.Description(changes: changes), over: .digest(opened.digest),
      program: workspace.program(), now: workspace.now)
  }

  private func check(
    _ change: (field: String, value: String), now: Timestamp
  ) throws(Failure) {
    let (field, value) = change
    guard Self.fields.contains(field) else {
      let hint =
        field == "provider"
        ? "the provider is bound inside the encryption: keyvault add --replace --provider ID"
        : Suggestion.closest(to: field, among: Self.fields).map { "did you mean '\($0)'?" }
          ?? "fields are \(Self.fields.joined(separator: ", "))"
      throw Failure(.usage, "'\(field.printable(limit: 80))' cannot be set", hints: [hint])
    }
    // A day that has passed would accept nothing, and look as if it did. The form is the schema's to check.
    guard field == Acknowledgement.field, let day = Timestamp(value), day.adding(days: 1) <= now
    else { return }
    throw Failure(
      .usage,
      "'acknowledged' is the last day on which a verdict is accepted, and \(day.day) has passed",
      hints: ["specify a future day, such as \(now.adding(days: 90).day)"])
  }
}
