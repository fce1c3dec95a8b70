import CProcess
import GPG
import Glibc
import Machine

/// What keyvault was started with and changes for itself: the command of `exec` gets it as it was.
struct StartingState: Sendable {
  static let shared = StartingState()

  private let mask: sigset_t
  private let ignored: sigset_t
  private let core: rlimit
  /// Else `Main` sets it, for gpg alone.
  let hasTerminalForGPG: Bool
  /// `$PATH`; nil if there was none.
  private let searchPath: String?

  /// Called by `Main` before it changes any of it.
  static func take() { _ = shared }

  private init() {
    var mask = sigset_t()
    var ignored = sigset_t()
    var core = rlimit()
    pthread_sigmask(SIG_BLOCK, nil, &mask)
    kv_note_ignored(&ignored)
    getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core)
    (self.mask, self.ignored, self.core) = (mask, ignored, core)
    hasTerminalForGPG = getenv("GPG_TTY") != nil
    searchPath = getenv("PATH").map { String(cString: $0) }
  }

  /// Has libraries that search PATH by themselves, such as gpgme, find no program of the working folder,
  /// nor one that other users or commits can change. Before any thread exists.
  func secureSearchPath() {
    // Read before it is changed: what is passed over is reported from it.
    let original = TrustedProgram.originalSearchPath
    guard searchPath != nil else { return }
    var folders = TrustedProgram.trusted(folders: original, for: Self.searchedPrograms)
    // gpgme takes no gpg that it does not find itself.
    if let gpg = try? GPG.locate(searchPath: original), let end = gpg.lastIndex(of: "/") {
      let folder = String(gpg[..<end])
      if !folders.contains(folder) { folders.append(folder) }
    }
    setenv("PATH", folders.joined(separator: ":"), 1)
  }

  /// What gpgme asks for its version, and git.
  private static let searchedPrograms = ["gpg", "gpgsm", "gpgconf", "g13", "git"]

  /// For a command that is found, and goes on, as if keyvault were not there.
  func restoreSearchPath() {
    if let searchPath { setenv("PATH", searchPath, 1) }
  }

  /// Whether keyvault's parent wants this signal ignored, as nohup does.
  func ignores(_ signal: Int32) -> Bool {
    withUnsafePointer(to: ignored) { sigismember($0, signal) == 1 }
  }

  /// No core dump of keyvault itself, which would hold keys. The limit goes to gpg too; it stops no dump
  /// that the system pipes into a program, so that keyvault cannot be dumped at all, nor traced by its own
  /// user. The hard limit stays, so that a command can be given back what it may dump.
  func forbidCore() {
    kv_undumpable()
    var none = rlimit(rlim_cur: 0, rlim_max: core.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }

  /// A program that gets the state as it was.
  func program(
    _ arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>,
    _ environment: UnsafePointer<UnsafeMutablePointer<CChar>?>
  ) -> kv_program {
    kv_program(
      arguments: arguments, environment: environment, mask: mask, ignored: ignored, core: core)
  }
}
