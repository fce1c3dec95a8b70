public import Secrets

/// A key that is about to be encrypted, with what binds it to its place.
public struct NewKey: ~Copyable {
  let entry: EntryName
  let provider: String
  let key: Secret
  /// Additional fields of the credential, `name` → value; none of them secret.
  let fields: [(name: String, value: String)]
  /// The credential whose additional fields stay, where `fields` does not replace them.
  let predecessor: Payload?
  /// Hosts to which the key may travel.
  let hosts: [String]
  let serial: Int
  /// Whether the key itself is another one than before; false where it is only encrypted again.
  let isOtherKey: Bool
  /// Whether a person here or a trusted writer decided on the hosts and the additional fields,
  /// rather than a payload that anyone could have written.
  let isVouched: Bool
  /// Who can read it already, by key ids: those of the ciphertext that this one takes the place of, if it
  /// holds the same key.
  let readers: [UInt64]

  init(
    entry: EntryName, provider: String, key: consuming Secret,
    fields: [(name: String, value: String)] = [], keeping predecessor: Payload? = nil,
    hosts: [String], serial: Int, isOtherKey: Bool = true, isVouched: Bool = true,
    knownTo readers: [UInt64]
  ) {
    self.entry = entry
    self.provider = provider
    self.key = key
    self.fields = fields
    self.predecessor = predecessor
    self.hosts = hosts
    self.serial = serial
    self.isOtherKey = isOtherKey
    self.isVouched = isVouched
    self.readers = readers
  }

  /// A key that no ciphertext here holds.
  public init(
    entry: EntryName, provider: String, key: consuming Secret,
    fields: [(name: String, value: String)] = [], keeping predecessor: Payload? = nil,
    hosts: [String], serial: Int, isOtherKey: Bool = true, isVouched: Bool = true
  ) {
    self.init(
      entry: entry, provider: provider, key: key, fields: fields, keeping: predecessor,
      hosts: hosts, serial: serial, isOtherKey: isOtherKey, isVouched: isVouched, knownTo: [])
  }

  /// The bytes that go inside the encryption.
  func payload(vault: String) -> Secret {
    var text = SecretBuilder()
    key.withBytes { text.append($0) }
    text.append("\nvault: \(vault)\nentry: \(entry)\nprovider: \(provider)\n")
    if !hosts.isEmpty { text.append("hosts: \(hosts.joined(separator: " "))\n") }
    text.append("serial: \(serial)\n")
    for field in fields { text.append("\(field.name): \(field.value)\n") }
    for name in predecessor?.fieldNames ?? [] where !fields.contains(where: { $0.name == name }) {
      text.append("\(name): ")
      predecessor?.withField(name) { text.append($0) }
      text.append("\n")
    }
    return text.finish()
  }
}
