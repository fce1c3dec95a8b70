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
  static func prompt(_ question: String) throws -> Secret {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else {
      throw Failure(
        .usage, "there is no terminal to ask for the key", hints: ["pipe the key to standard input"]
      )
    }
    defer { close(terminal) }
    var current = termios()
    tcgetattr(terminal, &current)
    let settings = current
    current.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(terminal, TCSAFLUSH, &current)
    let restore: @Sendable () -> Void = {
      withUnsafePointer(to: settings) { _ = tcsetattr(terminal, TCSAFLUSH, $0) }
    }
    Signals.atExit(restore)
    defer {
      restore()
      Signals.atExit {}
      Console.note("")
    }
    _ = question.printable.withCString { write(terminal, $0, strlen($0)) }
    let secret = try read(terminal, untilLineBreak: true)
    guard secret.count < terminalLimit else {
      throw Failure(
        .malformed, "a terminal takes \(terminalLimit) characters a line, so this key may be cut",
        hints: ["pipe it to standard input"])
    }
    return secret
  }

  /// All of standard input.
  static func standardInput() throws(Failure) -> Secret {
    try read(0, untilLineBreak: false)
  }

  static func file(_ path: String) throws(Failure) -> Secret {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Failure(.notFound, "cannot read '\(path)'") }
    defer { close(file) }
    return try read(file, untilLineBreak: false)
  }

  /// All of standard input, which may hold several keys.
  static func standardInputText() throws(Failure) -> Secret {
    try read(0, untilLineBreak: false, limit: textLimit)
  }

  /// A file that may hold several keys; a pipe is read to its end.
  static func text(of path: String) throws(Failure) -> Secret {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw Failure(
        .notFound, "cannot read '\(path.printable)': \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    return try read(file, untilLineBreak: false, limit: textLimit)
  }

  private static func read(
    _ descriptor: Int32, untilLineBreak: Bool, limit: Int = limit
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
          if untilLineBreak, buffer[count - 1] == UInt8(ascii: "\n") { return }
        }
      }
    }
    if code != 0 {
      throw Failure(
        .io,
        "cannot read the \(limit == textLimit ? "text" : "key"): \(String(cString: strerror(code)))"
      )
    }
    if secret.count > limit {
      let what = limit == textLimit ? "this is too much to import" : "this cannot be a key"
      throw Failure(.malformed, "\(what): it is longer than \(limit / 1024) KiB")
    }
    return secret
  }
}

/// Questions whose answers are no secrets.
enum Question {
  /// The answer without white space at its ends; empty for the default.
  static func ask(_ question: String) throws -> String {
    Console.prompt(question + " ")
    return (readLine() ?? "").trimmed
  }

  static func confirm(_ question: String) throws -> Bool {
    isYes(try ask(question + " [y/N]"))
  }

  /// The same on the terminal itself, since a key may come from standard input; nil where there is no
  /// terminal with a person who reads it.
  static func confirmOnTerminal(_ question: String) -> Bool? {
    guard Console.isErrorTerminal, Surroundings.variable("CI") != "true" else { return nil }
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    // What was typed before the question does not answer it.
    tcflush(terminal, TCIFLUSH)
    let text = question + " [y/N] "
    _ = text.withCString { write(terminal, $0, strlen($0)) }
    var answer: [UInt8] = []
    var byte: UInt8 = 0
    while answer.count < 80 {
      let got = read(terminal, &byte, 1)
      if got < 0 && errno == EINTR { continue }
      guard got == 1, byte != UInt8(ascii: "\n") else { break }
      answer.append(byte)
    }
    return isYes(String(decoding: answer, as: UTF8.self).trimmed)
  }

  private static func isYes(_ answer: String) -> Bool {
    ["y", "yes"].contains(answer.lowercased())
  }
}

extension String {
  var trimmed: String {
    var text = self[...]
    while text.first?.properties.isWhitespace == true { text.unicodeScalars.removeFirst() }
    while text.last?.properties.isWhitespace == true { text.unicodeScalars.removeLast() }
    return String(text)
  }
}
