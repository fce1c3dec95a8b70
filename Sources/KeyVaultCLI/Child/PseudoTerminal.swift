import CProcess
import Glibc
import KeyVault

/// A terminal between a command and the real one: as large, set as the real one was, and with what the
/// person types.
struct PseudoTerminal {
  /// What the command writes is read here, and what the person types is written.
  let outer: Int32
  /// What the command has as its streams.
  let inner: Int32
  /// Whether the command reads what the person types; else its input comes from elsewhere.
  private let hasKeyboard: Bool
  private let settings: termios

  init() throws(Failure) {
    var inner: Int32 = -1
    outer = kv_open_terminal(&inner)
    guard outer >= 0 else {
      throw Failure(.io, "cannot make a terminal: \(String(cString: strerror(errno)))")
    }
    self.inner = inner
    hasKeyboard = Console.isInputTerminal
    var settings = termios()
    tcgetattr(1, &settings)
    self.settings = settings
    // Where the real terminal is left unchanged, it makes the line breaks.
    if !hasKeyboard { settings.c_oflag &= ~tcflag_t(OPOST) }
    tcsetattr(inner, TCSANOW, &settings)
    copySize()
  }

  /// Whether keyvault has the terminal now, so that it may read what is typed.
  var isInForeground: Bool { hasKeyboard && tcgetpgrp(0) == getpgrp() }

  func copySize() { kv_copy_size(1, outer) }

  /// Hands every key on unchanged: Ctrl-C too is for the inner terminal to understand.
  func takeKeyboard() {
    guard isInForeground else { return }
    var raw = settings
    cfmakeraw(&raw)
    tcsetattr(0, TCSADRAIN, &raw)
  }

  /// The terminal as it was, for its next user.
  func giveBack() {
    guard isInForeground else { return }
    var settings = settings
    tcsetattr(0, TCSADRAIN, &settings)
  }
}
