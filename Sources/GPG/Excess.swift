/// How the content of a message asks for more than that of an honest one does.
public enum Excess: Sendable, Equatable {
  /// It keeps gpg busy for longer than so many seconds.
  case time(seconds: Int)
  /// It is another encrypted message, for which gpg would ask the agent again, and perhaps a person.
  case nested
  /// Several messages together took so many seconds longer than honest ones take.
  case together(seconds: Int)

  var message: String {
    switch self {
    case .time(let seconds): "gpg took longer than \(seconds) s to unpack its content"
    case .nested: "its content is another encrypted message"
    case .together(let seconds):
      "gpg was busy for \(seconds) s with messages that took too long, so no more are opened"
    }
  }

  var hint: String {
    switch self {
    case .time, .nested:
      "it was not written by keyvault or pass: restore the file from git, or store the key again"
    case .together: "restore or remove the entries that took too long, then run it again"
    }
  }
}
