// `winsize` is of whichever of the two the compiler comes to first.
import CProcess
import Glibc
import KeyVault
import Secrets

/// The only place that writes to the standard streams: results to stdout, talk to stderr.
enum Console {
  /// A standard stream that is closed gets a descriptor on which every use fails. Else the next file
  /// that is opened would take its number, and be read as a key or written over with a report.
  static func holdStreams() {
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
      // Opened in the wrong direction; it gets the least free number, which is this one. What `exec`
      // runs finds the stream closed, as it was.
      _ = open("/dev/null", (descriptor == 0 ? O_WRONLY : O_RDONLY) | O_CLOEXEC)
    }
  }

  static var isOutputTerminal: Bool { isatty(1) == 1 }
  static var isErrorTerminal: Bool { isatty(2) == 1 }
  static var isInputTerminal: Bool { isatty(0) == 1 }

  /// Whether stdout is a file on a disk, which no log shows.
  static var isOutputFile: Bool {
    var status = stat()
    return fstat(1, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Writes a result. Throws if the disk is full. A reader that went away has seen enough
  /// (`keyvault ls | head -1`): the command goes on to its own exit status.
  static func output(_ text: String) throws {
    try write(text.safeForStream(hasColours: isOutputTerminal), to: 1)
  }

  /// Writes what a runner of GitHub Actions obeys.
  static func output(commands: String) throws {
    try write(commands.safeForStream(hasCommands: true), to: 1)
  }

  static func output(_ secret: borrowing Secret) throws {
    try secret.withBytes { bytes in
      try bytes.withUnsafeBytes { try write($0, to: 1) }
    }
  }

  /// Says something to the person, on one line. It is not an error if no one listens.
  ///
  /// Names, notes and paths in it may be anybody's: what would steer a terminal or a runner is escaped,
  /// line breaks too.
  static func note(_ line: String) {
    _ = try? write(line.printable.safeForStream() + "\n", to: 2)
  }

  /// Says what a report has, line by line.
  static func note(lines report: String) {
    _ = try? write(report.safeForStream(), to: 2)
  }

  /// Puts this line of a terminal in the place of the one before.
  static func progress(_ line: String) {
    _ = try? write("\r\u{1b}[K" + line.printable.withoutKeys, to: 2)
  }

  static func warning(_ message: String, hint: String? = nil) {
    note("keyvault: warning: \(message)")
    if let hint { note("keyvault: hint: \(hint)") }
  }

  static func report(_ failure: Failure) {
    note("keyvault: error: \(failure.message)")
    for hint in failure.hints { note("keyvault: hint: \(hint)") }
  }

  /// How to write reports to stdout.
  static func style(_ surroundings: Surroundings) -> Style {
    guard isOutputTerminal else { return Style() }
    return Style(isColoured: surroundings.wantsColour, width: width)
  }

  private static var width: Int? { width(of: 1) }

  /// Columns of the terminal that talk goes to.
  static var errorWidth: Int { width(of: 2) ?? 80 }

  private static func width(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  private static func write(_ text: String, to descriptor: Int32) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0), to: descriptor) }
  }

  private static func write(_ buffer: UnsafeRawBufferPointer, to descriptor: Int32) throws {
    var done = 0
    while done < buffer.count {
      let wrote = Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
      if wrote < 0 && errno == EINTR { continue }
      if wrote < 0 && errno == EPIPE { return }
      guard wrote > 0 else {
        throw Failure(
          .cannotWrite, "cannot write to standard output: \(String(cString: strerror(errno)))")
      }
      done += wrote
    }
  }
}
