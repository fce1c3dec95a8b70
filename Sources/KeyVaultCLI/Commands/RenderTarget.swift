import ArgumentParser
import Glibc
import KeyVault
import Secrets

/// Where `render` writes.
struct RenderTarget: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write to this file, atomically and readable only by you; the format github appends to it.",
      valueName: "file"),
    completion: .file())
  var output: String?

  @Option(help: ArgumentHelp("The file's permissions, in octal.", valueName: "mode"))
  var mode = "0600"

  @Flag(help: "Don't write anything; exit 1 and list variables that differ from the file.")
  var check = false

  @Flag(help: "Print the keys even to a terminal or to the log of a CI job.")
  var reveal = false

  func validate() throws {
    guard let bits = UInt32(mode, radix: 8), bits & ~0o777 == 0, bits & 0o600 != 0 else {
      throw ValidationError("invalid --mode '\(mode)': expected octal digits, such as 0640")
    }
    guard bits & 0o002 == 0 else {
      throw ValidationError("invalid --mode \(mode): every user could write the file")
    }
    if check, output == "-" { throw ValidationError("--check needs a file, not '-'") }
    if check, output == nil { throw ValidationError("--check needs the file: -o FILE") }
  }

  /// The file; nil for standard output, which `-` stands for, as in other programs. A file may be called `./-`.
  var file: String? { output == "-" ? nil : output }

  func write(_ text: borrowing Secret) throws {
    guard let file else { return try Console.output(text) }
    try OutputFile(file, mode: UInt32(mode, radix: 8) ?? 0o600).write(text)
  }

  /// Reports what of the file differs from what would be written; of variables the names alone.
  func compare(_ variables: [Rendering.Variable], as dialect: Dialect) throws {
    guard let output else { return }
    guard let present = try Self.content(of: output) else {
      try Console.output("\(output.printable): there is no such file\n")
      throw ExitCode(1)
    }
    switch try dialect.drift(of: variables, in: present) {
    case .none: return
    case .variables(let names):
      try Console.output(
        names.map { "\(output.printable): \($0) is not as it would be rendered\n" }.joined())
    case .otherText:
      try Console.output(
        "\(output.printable): all that would be rendered is there, among other text\n")
    }
    throw ExitCode(1)
  }

  /// nil if there is no such file.
  private static func content(of path: String) throws -> Secret? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw Failure(.io, "cannot read '\(path.printable)': \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    var content = SecretBuilder()
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    defer { chunk.withUnsafeMutableBytes { explicit_bzero($0.baseAddress!, $0.count) } }
    while content.count <= 16 << 20 {
      let count = chunk.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw Failure(.io, "cannot read '\(path.printable)': \(String(cString: strerror(errno)))")
      }
      if count == 0 { return content.finish() }
      content.append(chunk.span.bytes.extracting(0..<count))
    }
    throw Failure(.malformed, "'\(path.printable)' is larger than any file that is rendered")
  }
}
