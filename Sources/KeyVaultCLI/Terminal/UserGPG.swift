import GPG
import KeyVault
import Synchronization

/// The gpg that holds the person's secret keys, made when it is first needed.
final class UserGPG: Sendable {
  private let searchPath: String
  private let runtimeDirectory: String?
  private let made = Mutex<Made?>(nil)

  private struct Made {
    let gpg: GPG
    /// Held for the life of the command: it is removed with its last owner.
    let ciHome: CIHome?
  }

  init(searchPath: String, runtimeDirectory: String?) {
    self.searchPath = searchPath
    self.runtimeDirectory = runtimeDirectory
  }

  /// gpg with the user's home, or with the key of `KEYVAULT_GPG_KEY` in a home that is gone at exit.
  func gpg() throws(Failure) -> GPG {
    let result = made.withLock { made -> Result<GPG, Failure> in
      if let made { return .success(made.gpg) }
      return Result { () throws(Failure) in
        let new = try make()
        made = new
        return new.gpg
      }
    }
    return try result.get()
  }

  /// Whether the home is gone at exit.
  var isThrowaway: Bool {
    get throws(Failure) {
      _ = try gpg()
      return made.withLock { $0?.ciHome != nil }
    }
  }

  func path() throws(Failure) -> String {
    do throws(GPGError) {
      return try GPG.locate(searchPath: searchPath)
    } catch {
      throw Failure(.programMissing, error.message, hints: error.hint.map { [$0] } ?? [])
    }
  }

  private func make() throws(Failure) -> Made {
    let program = try path()
    var passphrase: Passphrase?
    if let text = try SecretVariable.gpgPassphrase.secret() {
      passphrase = Passphrase(text)
    }
    guard let key = try SecretVariable.gpgKey.secret() else {
      if SecretVariable.gpgKey.isEmpty {
        Console.warning(
          "KEYVAULT_GPG_KEY is set and empty, so the keys of the keyring are used",
          hint: "in CI: define the secret, and pass it to this job; pull requests of forks get none"
        )
      }
      let gpg = GPG(program: program, home: nil)
      gpg.prepare()
      return Made(gpg: gpg, ciHome: nil)
    }
    do throws(GPGError) {
      let home = try CIHome(
        secretKey: key, passphrase: passphrase, program: program,
        runtimeDirectory: runtimeDirectory)
      return Made(gpg: home.gpg, ciHome: home)
    } catch {
      throw Failure(
        .locked, "cannot use the key of KEYVAULT_GPG_KEY: \(error.message)",
        hints: error.hint.map { [$0] } ?? [])
    }
  }
}
