import Glibc
import KeyVault
import Secrets

/// The ways in which a person hands over a key. Never an argument, which everybody can see.
enum SecretInput {
  /// Of one key.
  private static let limit = 64 << 10
  /// Of a text with several.
  private static let textLimit = 1 << 20
  /// What the line discipline passes on (N_TTY_BUF_SIZE less the line break); the rest is lost.
  private static let terminalLimit = 4095

  /// Asks twice nothing: the key is pasted, and its preview is shown afterwards.
  static func prompt(_ question: String) throws(Failure) -> Secret {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NONBLOCK)
    guard terminal >= 0 else {
      throw Failure(
        .usage, "there is no terminal to ask for the key", hints: ["pipe the key to standard input"]
      )
    }
    defer { close(terminal) }
    let asked = TerminalQuestion(text: question, input: terminal, output: terminal, isHidden: true)
    var answer = TerminalQuestion.Answer.none
    let secret = Secret(capacity: limit + 1) { output in
      output.withUnsafeMutableBytes { buffer, count in
        answer = asked.answer(into: buffer)
        if case .line(let length) = answer { count = length }
      }
    }
    Console.note("")
    switch answer {
    case .none: throw Question.noAnswer
    case .failed(let code): throw unreadable("key", code)
    case .line: break
    }
    guard secret.count < terminalLimit else {
      throw Failure(
        .malformed, "a terminal takes \(terminalLimit) characters a line, so this key may be cut",
        hints: ["pipe it to standard input"])
    }
    return secret
  }

  /// All of standard input.
  static func standardInput() throws(Failure) -> Secret {
    try read(0)
  }

  static func file(_ path: String) throws(Failure) -> Secret {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Failure(.notFound, "cannot read '\(path)'") }
    defer { close(file) }
    return try read(file)
  }

  /// All of standard input, which may hold several keys.
  static func standardInputText() throws(Failure) -> Secret {
    try read(0, limit: textLimit)
  }

  /// A file that may hold several keys; a pipe is read to its end.
  static func text(of path: String) throws(Failure) -> Secret {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw Failure(
        .notFound, "cannot read '\(path.printable)': \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    return try read(file, limit: textLimit)
  }

  private static func read(
    _ descriptor: Int32, limit: Int = limit
  ) throws(Failure) -> Secret {
    var code: Int32 = 0
    let secret = Secret(capacity: limit + 1) { output in
      output.withUnsafeMutableBytes { buffer, count in
        while count < buffer.count {
          let got = Glibc.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
          if got < 0 && errno == EINTR { continue }
          if got < 0 { code = errno }
          if got <= 0 { return }
          count += got
        }
      }
    }
    if code != 0 { throw unreadable(limit == textLimit ? "text" : "key", code) }
    if secret.count > limit {
      let what = limit == textLimit ? "this is too much to import" : "this cannot be a key"
      throw Failure(.malformed, "\(what): it is longer than \(limit / 1024) KiB")
    }
    return secret
  }

  private static func unreadable(_ what: String, _ code: Int32) -> Failure {
    Failure(.io, "cannot read the \(what): \(String(cString: strerror(code)))")
  }
}
