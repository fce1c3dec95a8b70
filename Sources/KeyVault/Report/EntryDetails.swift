internal import GPG
internal import Naming

/// The document of `keyvault show`: everything but the key.
public struct EntryDetails: Sendable, Codable {
  /// Who can read the entry.
  public struct Reader: Sendable, Codable {
    public var fingerprint: String
    /// Of the public key in the repository; nil where it is missing or broken.
    public var name: String?
    public var expires: Timestamp?
  }

  /// Why the key must be rotated, though it may work.
  public struct Exposure: Sendable, Codable {
    public var to: String?
    public var since: String?
    public var reason: String?

    /// `to 3AF1… since 2026-11-20 (recipient removed): rotate it`.
    fileprivate var text: String {
      "to \(to ?? "a former recipient")" + (since.map { " since \($0)" } ?? "")
        + (reason.map { " (\($0))" } ?? "") + ": rotate it"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case version, entry, provider, verdict, word, checked, owner, description, preview
    case created, rotated, expires, serial, disabled, exposed
    case acknowledgedUntil = "acknowledged_until"
    case capabilities, variable, rendered, readers
  }

  public var version = 1
  public var entry: String
  public var provider: String
  public var verdict: Verdict
  public var word: Verdict.Word
  public var checked: Timestamp?
  public var owner: String?
  public var description: String?
  public var preview: String?
  public var created: Timestamp?
  public var rotated: Timestamp?
  public var expires: Timestamp?
  public var serial: Int?
  public var disabled: Bool
  public var exposed: Exposure?
  /// The last day on which the verdict `unverifiable` is accepted, such as `2027-02-21`.
  public var acknowledgedUntil: String?
  public var capabilities: [String]
  /// The variable that `render` writes.
  public var variable: String?
  /// Environments in which it is rendered.
  public var rendered: [String]
  public var readers: [Reader]

  /// `program` is gpg, which reads the public keys; nil leaves out the readers' names.
  public init(
    of entry: Vault.Entry, in repository: Repository, verdicts: LastVerdicts, program: GPGProgram?
  ) throws(Failure) {
    let sidecar = entry.sidecar
    self.entry = entry.name.path
    provider = entry.provider
    owner = sidecar?.owner
    description = sidecar?.description
    preview = sidecar?.preview
    created = sidecar?.created
    rotated = sidecar?.rotated
    expires = sidecar?.expires
    serial = sidecar?.serial
    disabled = sidecar?.isDisabled ?? false
    exposed = sidecar?.exposed.map {
      Exposure(to: $0.to, since: $0.since?.day, reason: $0.reason)
    }
    acknowledgedUntil = sidecar?.acknowledged?.until.day
    let definition = try? repository.catalogue.provider(entry.provider)
    capabilities = definition?.capabilities ?? []
    variable = definition.map { entry.variable(of: OriginPolicy(allowed: []).definition($0)) }
    let known = verdicts.record(of: entry, in: repository.vault)
    verdict = known?.verdict ?? .untested
    word = verdict.word
    checked = known?.at
    readers = Self.readers(of: entry, in: repository, program: program)
    rendered = try Self.environments(rendering: entry, in: repository)
  }

  private static func readers(
    of entry: Vault.Entry, in repository: Repository, program: GPGProgram?
  ) -> [Reader] {
    let vault = repository.vault
    let list = try? vault.recipients(of: entry.name.environment)
    return (list?.recipients ?? []).map { recipient in
      let file = vault.publicKey(recipient.fingerprint)
      let key = program.flatMap { program in
        file.flatMap { bytes in
          try? program.inspect(bytes).first
        }
      }
      return Reader(
        fingerprint: recipient.fingerprint, name: key?.userIDs.first,
        expires: key?.expires.map(Timestamp.init(seconds:)))
    }
  }

  private static func environments(
    rendering entry: Vault.Entry, in repository: Repository
  ) throws(Failure) -> [String] {
    let all = try repository.vault.allEntries()
    let folders = Assembly.Folders(all, in: repository)
    var names: [String] = []
    for environment in Selection.environments(all.map(\.name.environment), in: repository)
    where try folders.environment(environment, renders: entry.name) {
      names.append(environment)
    }
    return names
  }

  /// A line a fact.
  public func text(_ style: Style, now: Timestamp) -> String {
    var table = TextTable()
    func add(_ name: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      table.add([TextTable.Cell(name, .dim), TextTable.Cell(value)])
    }
    add("entry", entry)
    add("provider", provider)
    add("key", preview)
    add(
      "status", word.rawValue + (checked.map { ", \(verdict.rawValue), \($0.age(at: now))" } ?? ""))
    add("owner", owner)
    add("description", description)
    add("created", created?.text)
    add("rotated", rotated?.text)
    add("expires", expires?.day)
    add("serial", serial.map(String.init))
    add("exposed", exposed?.text)
    add("acknowledged", acknowledgedUntil.map { "unverifiable, until \($0)" })
    add("disabled", disabled ? "yes" : nil)
    add("variable", variable)
    add("rendered in", rendered.joined(separator: ", "))
    add("capabilities", capabilities.joined(separator: ", "))
    for (index, reader) in readers.enumerated() {
      let name = reader.name.map { "  \($0)" } ?? ""
      add(index == 0 ? "readers" : " ", reader.fingerprint + name)
    }
    return table.text(style)
  }
}
