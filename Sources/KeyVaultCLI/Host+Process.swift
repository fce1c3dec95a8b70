import GPG
import KeyVault

extension Host {
  /// Of this process.
  init(_ surroundings: Surroundings, _ userGPG: UserGPG) {
    let stateHome = surroundings.stateHome
    let runtimeDirectory = surroundings.runtimeDirectory
    let now = surroundings.now
    // A job of CI has nothing to remember, and keeps nothing.
    let remembers = !surroundings.isCI
    self.init(
      stateHome: stateHome, remembers: remembers,
      gpg: { () throws(Failure) in try userGPG.gpg() },
      program: { repository throws(Failure) in
        let path = try userGPG.path()
        guard remembers, let repository,
          let state = try? LocalState(of: repository, stateHome: stateHome)
        else { return GPGProgram(path: path, runtimeDirectory: runtimeDirectory) }
        return GPGProgram(
          path: path, runtimeDirectory: runtimeDirectory, memo: PublicKeyMemo(state, now: now))
      },
      now: { now },
      client: { () throws(Failure) in try Self.client(named: "keyvault/\(keyvaultVersion)") })
  }
}
