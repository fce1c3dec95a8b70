import Foundation

/// Packages in a virtual environment below the package, made when the list of them changed.
enum Installation {
  case done(python: String)
  /// Python, pip or the package index is not here.
  case absent(String)
  case failed(String)

  struct Failed: Error {
    let reason: String
  }

  /// The SDKs, made by the first who asks.
  static let shared = make("requirements.txt", in: "sdk-venv")
  /// The program pre-commit.
  static let preCommit = make("pre-commit.txt", in: "pre-commit-venv")

  /// Whether the tests can run; a failed installation is a failure of theirs.
  var isPossible: Bool {
    if case .absent = self { false } else { true }
  }

  /// The Python that has the packages.
  func python() throws -> String {
    switch self {
    case .done(let python): return python
    case .absent(let reason), .failed(let reason): throw Failed(reason: reason)
    }
  }

  private static func make(_ requirements: String, in name: String) -> Installation {
    let folder = Machine.package.appending(path: "Tests/SDKTests")
    let venv = Machine.package.appending(path: ".build/\(name)").path
    var environment = ProcessInfo.processInfo.environment
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    environment["VENV"] = venv
    environment["REQUIREMENTS"] = requirements
    do {
      let result = try shell(script, in: folder, environment: environment, seconds: 600)
      switch result.status {
      case 0: return .done(python: venv + "/bin/python")
      case absence:
        print("The tests that need \(requirements) are skipped: \(result.output)")
        return .absent(result.output)
      default: return .failed("no packages in \(venv): \(result.errors)")
      }
    } catch {
      return .failed("no packages in \(venv): \(error)")
    }
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
    digest=$(sha256sum <"$REQUIREMENTS")
    [ "$(cat "$VENV/digest" 2>/dev/null)" != "$digest" ] || ! "$VENV/bin/python" -c pass || exit 0
    command -v python3 >/dev/null || absent "there is no python3"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || absent "python3 is older than 3.11"
    python3 -c 'import ensurepip, venv' 2>/dev/null || absent "python3 has no venv or no pip"
    python3 -m venv --clear "$VENV"
    pip() { "$VENV/bin/python" -m pip --quiet "$@"; }
    # Something small, to tell an index that is away from a package that cannot be had.
    pip download --no-deps --no-cache-dir --retries 1 --timeout 15 --dest "$VENV/probe" idna \\
      2>/dev/null || absent "pip reaches no package index"
    pip install --requirement "$REQUIREMENTS"
    printf %s "$digest" >"$VENV/digest"
    """
}
