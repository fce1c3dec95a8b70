import Glibc
import KeyVault

/// Questions whose answers are not secret. Each throws where the input ends (Ctrl-D) without an answer, which
/// is not a yes, nor any default.
enum Question {
  /// The answer of a person at standard input, without white space at its ends; empty for the default.
  static func ask(_ question: String) throws(Failure) -> String {
    try answer(TerminalQuestion(text: question + " ", input: 0, output: 2))
  }

  static func confirm(_ question: String) throws(Failure) -> Bool {
    isYes(try ask(question + " [y/N]"))
  }

  /// Asks on the terminal itself, since a key may come from standard input; nil where there is no
  /// terminal with a person who reads it.
  static func confirmOnTerminal(_ question: String) throws(Failure) -> Bool? {
    guard Console.isErrorTerminal, Surroundings.variable("CI") != "true" else { return nil }
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NONBLOCK)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    let asked = TerminalQuestion(
      text: question + " [y/N] ", input: terminal, output: terminal, dropsEarlierInput: true)
    return isYes(try answer(asked))
  }

  static var noAnswer: Failure {
    Failure(.usage, "the input ended without an answer, so the command was stopped")
  }

  private static func answer(_ question: TerminalQuestion) throws(Failure) -> String {
    var line = [UInt8](repeating: 0, count: 4096)
    switch line.withUnsafeMutableBytes({ question.answer(into: $0) }) {
    case .line(let count): return String(decoding: line[..<count], as: UTF8.self).trimmed
    case .none:
      Console.note("")
      throw noAnswer
    case .failed(let code):
      throw Failure(.io, "cannot read the answer: \(String(cString: strerror(code)))")
    }
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
