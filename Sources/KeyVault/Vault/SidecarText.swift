internal import Secrets
internal import YAML

/// What keyvault itself writes into a sidecar at add, adopt and rotate.
struct SidecarValues {
  var description: Vault.Description
  var provider: String
  var preview: String
  var digest: String
  var serial: Int
  /// Whether the key itself is another one; false where it is only encrypted again.
  var isOtherKey: Bool
  /// The fingerprint of a person who can read the key until now and not any more.
  var exposedTo: String?
}

extension Vault {
  /// A sidecar's new text, and the file that it must replace.
  typealias SidecarChange = (text: [UInt8], replaced: Present)

  /// The new text of an entry's sidecar: the old one (or that of `source`, from which the entry comes)
  /// with the changed values, every other byte as it was, or a new one. `document` takes the place of the
  /// old text.
  func updatedSidecar(
    of name: EntryName, from source: EntryName?, in document: Document? = nil,
    _ values: SidecarValues, signer: Signer?, now: Timestamp
  ) throws(Failure) -> SidecarChange {
    var edits: SidecarEditor
    if let document {
      edits = SidecarEditor(document, of: name)
    } else {
      edits = try SidecarEditor(of: source ?? name, in: repository)
    }
    // Of another place than the source we know nothing.
    let replaced = source == nil ? edits.original : .anything
    if let source { try edits.point(schemaOf: source, to: name) }
    let isNew = edits.document.root["created"] == nil
    var retired: Int?
    // The lineage of a key ends where another takes its place, and so does what is known of it.
    if values.isOtherKey {
      try edits.set("id", .string(RandomID.crockford()))
      // Until it is proven dead, a former reader has a key that may work.
      if edits.document.root["exposed"] != nil { retired = edits.document.root["serial"]?.serial }
      try edits.remove("exposed")
    } else {
      try edits.setIfAbsent("id", RandomID.crockford())
    }
    if let person = values.exposedTo {
      try edits.mark(exposedTo: person, since: now, SidecarEditor.notAReader)
    }
    if values.provider != name.name || edits.document.root["provider"] != nil {
      try edits.set("provider", .string(values.provider))
    }
    try edits.set(values.description)
    try edits.make(values.description.changes)
    try edits.set("preview", .string(values.preview))
    try edits.set("digest", .string(values.digest))
    try edits.set("serial", .int(values.serial))
    if isNew {
      try edits.set("created", .string(now.text))
    } else if values.isOtherKey {
      try edits.set("rotated", .string(now.text))
    }
    if let retired { try edits.setRetired(retired, Sidecar.Retired.unproven) }
    return (try signed(&edits, of: name, by: signer), replaced)
  }

  /// The text of a sidecar whose ciphertext was encrypted again and says the same; `person` (a fingerprint)
  /// cannot read it any more. Whether it says so now, and did not before.
  func sidecar(
    of name: EntryName, withDigest digest: String, exposedTo person: String?, signer: Signer?,
    now: Timestamp
  ) throws(Failure) -> (change: SidecarChange, isMarked: Bool) {
    var edits = try SidecarEditor(of: name, in: repository)
    try edits.set("digest", .string(digest))
    let isMarked = try person.map { person throws(Failure) in
      try edits.mark(exposedTo: person, since: now, SidecarEditor.notAReader)
    }
    return ((try signed(&edits, of: name, by: signer), edits.original), isMarked ?? false)
  }

  /// Writes a sidecar that was made elsewhere for the ciphertext that is there.
  func writeSidecar(_ document: Document, of name: EntryName) throws(Failure) {
    var edits = SidecarEditor(document, of: name)
    let bytes = try signed(&edits, of: name, by: signer(ofChangeTo: name))
    try apply([VaultChange(file: .sidecar(name), content: bytes)])
  }

  /// Writes fields of an entry's sidecar, and removes those with an empty value. `acknowledged` has the last
  /// day as its value. Throws if the result would not satisfy the schema; nothing is written then.
  public func setFields(
    _ changes: [(field: String, value: String)], of name: EntryName
  ) throws(Failure) {
    try apply([change(of: changes, in: name)])
  }

  private func change(
    of changes: [(field: String, value: String)], in name: EntryName
  ) throws(Failure) -> VaultChange {
    var edits = try SidecarEditor(of: name, in: repository)
    let old = signedText(edits, of: name)
    try edits.make(changes)
    _ = try checked(edits.document.bytes, of: name)
    // What a signature does not cover it need not cover again.
    let isCovered = old != nil && old == signedText(edits, of: name)
    let bytes =
      isCovered
      ? edits.document.bytes
      : try signed(&edits, of: name, by: try signer(ofChangeTo: name))
    return VaultChange(file: .sidecar(name), content: bytes, over: edits.original)
  }

  /// Puts a signature over the sidecar as it is into it.
  func resign(_ name: EntryName, as signer: Signer) throws(Failure) {
    var edits = try SidecarEditor(of: name, in: repository)
    let bytes = try signed(&edits, of: name, by: signer)
    try apply([VaultChange(file: .sidecar(name), content: bytes, over: edits.original)])
  }

  /// The text of a sidecar with a signature, or without one where no signature is made: one that no
  /// longer fits is removed.
  func signed(
    _ edits: inout SidecarEditor, of name: EntryName, by signer: Signer?
  ) throws(Failure) -> [UInt8] {
    // What is signed is what a reader of the bytes would read.
    _ = try checked(edits.document.bytes, of: name)
    if let signer, let text = signedText(edits, of: name) {
      let signature = try signer.sign(text)
      try edits.set(SignedEntry.field, .string(SignedEntry.text(of: signature)))
    } else if edits.document.root[SignedEntry.field] != nil {
      try edits.remove(SignedEntry.field)
      repository.signing?.tell(
        "the signature of \(name) no longer fits and was removed: a writer can sign it again with "
          + "'\(Shell("keyvault sign \(name)"))'")
    }
    return try checked(edits.document.bytes, of: name)
  }

  private func signedText(_ edits: SidecarEditor, of name: EntryName) -> [UInt8]? {
    SignedEntry.text(
      of: name, sidecar: edits.document.root, vault: repository.configuration.vaultID)
  }

  /// The text of a sidecar, if `validate` would have nothing against it.
  func checked(_ bytes: [UInt8], of name: EntryName) throws(Failure) -> [UInt8] {
    let findings: [Finding]
    switch CheckedDocument.read(bytes, as: .entry, file: name.sidecarPath) {
    case .failure(let malformed): findings = malformed.findings
    case .success(let checked):
      findings = Sidecar.calendarFindings(in: checked.root, file: name.sidecarPath)
    }
    if let first = findings.first { throw Failure(.usage, first.message, hints: first.hints) }
    return bytes
  }
}

extension Finding {
  fileprivate var hints: [String] { hint.map { [$0] } ?? [] }
}

/// A sidecar under edit.
struct SidecarEditor {
  private(set) var document: Document
  /// What was read.
  let original: Vault.Present
  private let file: String

  /// A text that was not read from its file.
  init(_ document: Document, of name: EntryName) {
    self.document = document
    original = .anything
    file = name.sidecarPath
  }

  init(of name: EntryName, in repository: Repository) throws(Failure) {
    file = name.sidecarPath
    var bytes: [UInt8] = []
    do {
      bytes = try Folder(repository.root).folder(repository.vault.path(name.environment))
        .read(name.sidecarName, limit: Limits.sidecar)
      document = try Document(parsing: bytes)
      original = .digest(Vault.digest(bytes))
    } catch let error as FileError where error.isMissing {
      original = .nothing
      document = try Self.empty(for: name)
    } catch let error as FileError {
      throw error.failure
    } catch let error as YAMLError {
      throw Malformed(findings: [ConflictMarkers.finding(for: error, in: bytes, file: file)])
        .failure
    } catch {
      throw error as? Failure ?? Failure(.io, "\(error)")
    }
  }

  private static func empty(for name: EntryName) throws(Failure) -> Document {
    try parsed(Array((schemaComment(for: name) + "\n").utf8))
  }

  private static func parsed(_ bytes: [UInt8]) throws(Failure) -> Document {
    do throws(YAMLError) {
      return try Document(parsing: bytes)
    } catch {
      throw Failure(.malformed, error.message)
    }
  }

  /// Editors complete from the schema that this comment names.
  private static func schemaComment(for name: EntryName) -> String {
    let depth = name.path.split(separator: "/").count
    let schemas = String(repeating: "../", count: depth) + Paths.schemas
    return "# yaml-language-server: $schema=\(schemas)/entry.schema.json"
  }

  /// Lets the comment of an entry that moves lead to the schema again; one that a person changed stays.
  mutating func point(schemaOf source: EntryName, to target: EntryName) throws(Failure) {
    let old = Array((Self.schemaComment(for: source) + "\n").utf8)
    let new = Array((Self.schemaComment(for: target) + "\n").utf8)
    guard old != new, document.bytes.starts(with: old) else { return }
    document = try Self.parsed(new + document.bytes.dropFirst(old.count))
  }

  mutating func set(_ key: String, _ value: Scalar) throws(Failure) {
    do throws(EditError) {
      try document.set([key], to: value)
    } catch {
      throw Failure(.malformed, "cannot set '\(key)' in \(file): \(error.message)")
    }
  }

  mutating func setIfAbsent(_ key: String, _ value: @autoclosure () -> String) throws(Failure) {
    if document.root[key] == nil { try set(key, .string(value())) }
  }

  mutating func set(_ description: Vault.Description) throws(Failure) {
    let fields = [
      ("owner", description.owner), ("description", description.description),
      ("env", description.variable), ("expires", description.expires?.day),
    ]
    for case (let key, let value?) in fields { try set(key, .string(value)) }
  }

  /// Writes fields, and removes those with an empty value, as a person asks for it. `acknowledged` has the last
  /// day as its value.
  mutating func make(_ changes: [(field: String, value: String)]) throws(Failure) {
    for (field, value) in changes {
      switch (field, value) {
      case (_, ""): try remove(field)
      case (Acknowledgement.field, _):
        try set(
          field,
          toMapping: [
            ("verdict", .string(Acknowledgement.verdict)), ("until", .string(value)),
          ])
      case ("disabled", "true"), ("disabled", "false"): try set(field, .bool(value == "true"))
      case ("env", _):
        try Vault.Description(variable: value).check()
        try set(field, .string(value))
      default: try set(field, .string(value))
      }
    }
  }

  /// Whether the text is another than the file's.
  var isChanged: Bool { original != .digest(Vault.digest(document.bytes)) }

  /// Says what is known of the key of that serial.
  mutating func setRetired(_ serial: Int, _ value: String) throws(Failure) {
    let serial = String(serial)
    do throws(EditError) {
      if document.root["retired"] == nil {
        try document.set(["retired"], toMapping: [(serial, .string(value))])
      } else {
        try document.set(["retired", serial], to: .string(value))
      }
    } catch {
      throw Failure(.malformed, "cannot set 'retired' in \(file): \(error.message)")
    }
  }

  mutating func set(
    _ key: String, toMapping pairs: [(key: String, value: Scalar)]
  ) throws(Failure) {
    do throws(EditError) {
      try document.set([key], toMapping: pairs)
    } catch {
      throw Failure(.malformed, "cannot set '\(key)' in \(file): \(error.message)")
    }
  }

  mutating func remove(_ key: String) throws(Failure) {
    guard document.root[key] != nil else { return }
    do throws(EditError) {
      try document.remove([key])
    } catch {
      throw Failure(.malformed, "cannot remove '\(key)' from \(file): \(error.message)")
    }
  }
}
