/// What an action does only if the person who asked for it consents.
public enum Consent: Sendable, Hashable {
  /// Sending a key to a host that only the repository names; `key` is a word for the key.
  case send(Destinations.Question, key: String = "this key")
  /// Signing that the key of an entry may travel to a host that only its payload names.
  case vouch(host: String, entry: EntryName)
  /// Making a folder whose name is almost that of another one, `near`.
  case newFolder(String, near: String)
  /// Rendering keys under a name that keyvault does not know, for the stated reason, in this repository.
  case variable(String, reason: String)
  /// Removing entries.
  case remove([EntryName])
  /// Accepting what is present now of entries, or of the signed lists, although it is older than what is remembered.
  case accept([String])

  /// The question, for a person to answer with yes or no.
  public var question: String {
    switch self {
    case .send(let question, let key): question.text(of: key)
    case .vouch(let host, let entry):
      "sign that the key of '\(entry)' may travel to '\(host.printable)', which only its payload names?"
    case .newFolder(let path, let near):
      "'\(path.printable)' would be a new folder of the vault, and there is '\(near.printable)': "
        + "make the new one?"
    case .remove(let names): "remove \(names.map(\.path).joined(separator: ", "))?"
    case .accept(let names): "accept the current version of \(names.joined(separator: ", "))?"
    case .variable(_, let reason): "\(reason)\nrender keys under it in this repository?"
    }
  }
}
