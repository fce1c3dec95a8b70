import GPG
import KeyVault
import Secrets

extension Rendering {
  /// An environment in one step, as `render` writes it.
  func text(of environment: String, as dialect: Dialect, gpg: GPG) async throws -> Secret {
    try dialect.text(of: try await variables(of: [environment], gpg: gpg))
  }
}
