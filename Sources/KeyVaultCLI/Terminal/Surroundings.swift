import Glibc
import HTTP
import KeyVault
import Machine

/// What the process was given besides its arguments, read once.
struct Surroundings {
  let now: Timestamp
  let workingFolder: String
  /// `$PATH` as the person has it.
  let searchPath: String
  let isCI: Bool
  let wantsColour: Bool
  /// `$XDG_STATE_HOME/keyvault`; nil if there is no home to keep it in.
  let stateHome: String?
  /// Whose repositories are used.
  let owner: RepositoryOwner
  let runtimeDirectory: String?
  /// The environment to render where none is named.
  let environment: String?
  /// `KEYVAULT_ALLOW_HOSTS`.
  let allowedHosts: String
  /// `KEYVAULT_ALLOW_PROVIDERS`, or empty.
  let allowedProviders: String
  /// `KEYVAULT_ALLOW_NAMES`, or empty.
  let allowedNames: String
  /// The user's own configuration, `$XDG_CONFIG_HOME/keyvault/config.yaml`.
  let configurationFile: String
  let signingVariables: SigningTrust.Variables
  /// Where GitHub Actions takes variables for the job's next steps from.
  let githubEnvironmentFile: String?
  /// The folder of `pass`.
  let passStore: String
  /// Where GitHub Actions takes a job's summary from.
  private let summaryFile: String?

  init() throws(Failure) {
    now = try Self.clock()
    workingFolder = try Self.realFolder(".")
    searchPath = TrustedProgram.originalSearchPath
    isCI = Self.variable("CI") == "true"
    wantsColour = Self.variable("NO_COLOR") == nil && Self.variable("TERM") != "dumb"
    let home = Self.home ?? "/"
    stateHome = Self.stateHome
    owner = RepositoryOwner(sudoUser: Self.variable("SUDO_UID").flatMap(UInt32.init))
    // The specification has relative paths ignored.
    let configuration = Self.variable("XDG_CONFIG_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
    configurationFile = (configuration ?? home + "/.config") + "/keyvault/config.yaml"
    signingVariables = SigningTrust.Variables(
      signers: Self.variable("KEYVAULT_TRUSTED_SIGNERS"),
      least: Self.variable("KEYVAULT_SIGNATURES"), key: Self.variable("KEYVAULT_SIGNING_KEY"),
      passKeys: Self.variable("PASSWORD_STORE_SIGNING_KEY"))
    runtimeDirectory = Self.variable("XDG_RUNTIME_DIR")
    environment = Self.variable("KEYVAULT_ENV")
    githubEnvironmentFile = Self.variable("GITHUB_ENV")
    passStore = Self.variable("PASSWORD_STORE_DIR") ?? home + "/.password-store"
    summaryFile = Self.variable("GITHUB_STEP_SUMMARY")
    allowedHosts = Self.variable("KEYVAULT_ALLOW_HOSTS") ?? ""
    allowedProviders = Self.variable("KEYVAULT_ALLOW_PROVIDERS") ?? ""
    allowedNames = Self.variable("KEYVAULT_ALLOW_NAMES") ?? ""
  }

  /// The user's own configuration. Throws if it is broken.
  func configuration() throws(Failure) -> UserConfiguration {
    try UserConfiguration(at: configurationPath)
  }

  /// Where it is. Links are followed: what a person keeps elsewhere is theirs all the same.
  var configurationPath: String { (try? Self.realFolder(configurationFile)) ?? configurationFile }

  /// Adds Markdown to the summary of a job of GitHub Actions, if this is one.
  func appendToSummary(_ text: String) throws(Failure) {
    guard let summaryFile else { return }
    let file = open(summaryFile, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw Failure(.cannotWrite, "cannot write the summary to '\(summaryFile.printable)'")
    }
    defer { close(file) }
    var text = text.safeForStream()
    let isWritten = text.withUTF8 { write(file, $0.baseAddress, $0.count) == $0.count }
    guard isWritten else {
      throw Failure(.cannotWrite, "cannot write the summary to '\(summaryFile.printable)'")
    }
  }

  /// Where a folder of this process may be made, best first: in memory, and then on a disk, if it may.
  func scratchPlaces(allowsDisk: Bool) -> [ScratchPlace] {
    ScratchPlace.all(
      runtimeDirectory: runtimeDirectory, temporaryDirectory: Self.variable("TMPDIR"),
      allowsDisk: allowsDisk)
  }

  /// Where the person stands, whatever `-C` says; read first by `Main`.
  static let startingFolder = (try? realFolder(".")) ?? "/"

  /// An absolute path; a relative one would have repositories say what the person says.
  private static var home: String? {
    variable("HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
  }

  /// In a home that is there. None is made, and `/` is none.
  private static var stateHome: String? {
    let own = home.flatMap { path in
      let isFolder = access(path + "/.", F_OK) == 0
      return isFolder && path.contains { $0 != "/" } ? path : nil
    }
    if let state = variable("XDG_STATE_HOME"), state.hasPrefix("/") {
      if let home, own == nil, home != "/", state.hasPrefix(home + "/") { return nil }
      return state + "/keyvault"
    }
    return own.map { $0 + "/.local/state/keyvault" }
  }

  /// An empty variable counts as unset.
  static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// `SOURCE_DATE_EPOCH` sets the clock, for results that can be repeated.
  private static func clock() throws(Failure) -> Timestamp {
    guard let text = variable("SOURCE_DATE_EPOCH") else { return Timestamp(seconds: time(nil)) }
    guard let seconds = Int(text) else {
      throw Failure(.usage, "invalid SOURCE_DATE_EPOCH: expected a number of seconds")
    }
    return Timestamp(seconds: seconds)
  }

  /// The path of a folder without links.
  static func realFolder(_ path: String) throws(Failure) -> String {
    guard let real = realpath(path, nil) else {
      throw Failure(.notFound, "no such folder '\(path)'")
    }
    defer { free(real) }
    return String(cString: real)
  }
}
