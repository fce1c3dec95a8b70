import CProcess
import GPG
import Glibc

/// The settings of the terminal as they were when keyvault was started. A pinentry that is interrupted leaves
/// it without echo.
enum TerminalState {
  /// Written once, before another thread exists.
  nonisolated(unsafe) private static var settings: termios?

  /// Called by `Main` before anything asks on the terminal.
  static func take() {
    withTerminal { terminal in
      var current = termios()
      if tcgetattr(terminal, &current) == 0 { settings = current }
    }
  }

  /// Ends a question for a passphrase, and gives the terminal its settings back.
  static func end() {
    if let terminal = getenv("GPG_TTY") { PassphraseQuestion.end(on: String(cString: terminal)) }
    restore()
  }

  /// Gives the terminal its settings back, if it is this process's to change.
  static func restore() {
    guard var settings else { return }
    withTerminal { terminal in
      // A shell that went on meanwhile has its own.
      guard tcgetpgrp(terminal) == getpgrp() else { return }
      tcsetattr(terminal, TCSANOW, &settings)
    }
  }

  private static func withTerminal(_ body: (Int32) -> Void) {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return }
    body(terminal)
    close(terminal)
  }
}
