internal import Foundation

/// Packages in a virtual environment below `.build/`, made when the list of them changed.
package enum Installation: Sendable {
  case done(python: String)
  /// Python, pip or the package index is not here.
  case absent(String)
  case failed(String)

  package struct Failed: Error {
    package let reason: String
  }

  /// Installs what `requirements`, a file below this package, lists; by day only the packages of `sample`, if it
  /// names any.
  package init(_ requirements: String, in name: String, sample: [String] = []) {
    let isSample = !Nightly.isOn && !sample.isEmpty
    let venv = Self.builds + "/\(name)" + (isSample ? "-sample" : "")
    let lines = isSample ? "^(\(sample.joined(separator: "|")))==" : ""
    do {
      let (output, errors, status) = try Self.run(
        ["REQUIREMENTS": Self.package + "/" + requirements, "LINES": lines, "VENV": venv])
      switch status {
      case 0: self = .done(python: venv + "/bin/python")
      case Self.absence:
        leaveOut("tests that need \(requirements)", because: output)
        self = .absent(output)
      default: self = .failed("no packages in \(venv): \(errors)")
      }
    } catch {
      self = .failed("no packages in \(venv): \(error)")
    }
  }

  /// Whether the tests can run; a failed installation is a failure of theirs.
  package var isPossible: Bool {
    if case .absent = self { false } else { true }
  }

  /// The Python that has the packages.
  package func python() throws -> String {
    switch self {
    case .done(let python): return python
    case .absent(let reason), .failed(let reason): throw Failed(reason: reason)
    }
  }

  /// The folder of the virtual environment.
  package func folder() throws -> String {
    URL(fileURLWithPath: try python()).deletingLastPathComponent().deletingLastPathComponent().path
  }

  /// The folder of what is built.
  package static let builds = package + "/.build"

  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  private static func run(
    _ variables: [String: String]
  ) throws -> (output: String, errors: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    process.arguments = ["--kill-after=5", "600", "/bin/bash", "-c", script]
    // Certificates of a package index are valid today, whatever the clock of the tests (Tests/Clock) says.
    let always = ["PIP_DISABLE_PIP_VERSION_CHECK": "1", "CLOCK_AHEAD": "0"]
    process.environment = ProcessInfo.processInfo.environment
      .merging(variables) { $1 }.merging(always) { $1 }
    process.standardInput = FileHandle.nullDevice
    let files = ["out", "err"].map {
      URL(fileURLWithPath: "/tmp/kvi-\(UUID().uuidString.prefix(8)).\($0)")
    }
    defer { for file in files { try? FileManager.default.removeItem(at: file) } }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return (texts[0], texts[1], process.terminationStatus)
  }

  /// The exit status by which the script says that something is not here.
  private static let absence: Int32 = 9

  /// The digest is written last, so that half an installation is none. The lock is for a second run
  /// beside this one.
  private static let script = """
    set -e
    absent() { printf %s "$1"; exit \(absence); }
    mkdir -p "$VENV"
    exec 8>"$VENV.lock"
    flock 8
    grep -E "$LINES" "$REQUIREMENTS" >"$VENV.txt"
    digest=$(sha256sum <"$VENV.txt")
    [ "$(cat "$VENV/digest" 2>/dev/null)" != "$digest" ] || ! "$VENV/bin/python" -c pass || exit 0
    command -v python3 >/dev/null || absent "there is no python3"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || absent "python3 is older than 3.11"
    python3 -c 'import ensurepip, venv' 2>/dev/null || absent "python3 has no venv or no pip"
    python3 -m venv --clear "$VENV"
    pip() { "$VENV/bin/python" -m pip --quiet "$@"; }
    # Something small, to tell an index that is away from a package that cannot be had.
    pip download --no-deps --no-cache-dir --retries 2 --timeout 20 --dest "$VENV/probe" idna \\
      2>/dev/null || absent "pip reaches no package index"
    pip install --requirement "$VENV.txt"
    printf %s "$digest" >"$VENV/digest"
    """
}
