internal import GPG
internal import Naming
internal import Secrets

/// A file of `.keyvault/cache/`: a line with its MAC, a line that describes its sources, and an
/// OpenPGP message.
struct CacheFile {
  let name: String
  /// Not the digest of the current files: the cache file is stale.
  let state: String
  let message: [UInt8]

  /// Of a file: a message, and two lines of digits before it.
  static let sizeLimit = Message.sizeLimit + 200
  private static let purpose = "keyvault-cache-v1"

  init(name: String, state: String, message: [UInt8]) {
    self.name = name
    self.state = state
    self.message = message
  }

  /// nil if this machine did not write it, for this repository and under that name.
  init?(_ bytes: [UInt8], name: String, by local: LocalState) {
    let lines = bytes.split(
      separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count == 3 else { return nil }
    self.init(
      name: name, state: String(decoding: lines[1], as: UTF8.self), message: Array(lines[2]))
    guard mac(by: local) == String(decoding: lines[0], as: UTF8.self) else { return nil }
  }

  /// nil where there is no key to seal it with.
  func bytes(by local: LocalState) -> [UInt8]? {
    mac(by: local).map { Array("\($0)\n\(state)\n".utf8) + message }
  }

  private func mac(by local: LocalState) -> String? {
    local.mac(Array("\(name)\n\(state)\n".utf8) + message, purpose: Self.purpose)
  }

  /// One for a set of environments, in whichever order.
  static func name(of environments: [String]) -> String {
    String(SHA256.hex(of: Array(environments.sorted().joined(separator: "\n").utf8)).prefix(32))
  }

  /// What decides whether a cache is stale: the ciphertexts, and who is to read them.
  static func state(of digests: [EntryName: String], in vault: Vault) throws(Failure) -> String {
    var lines = digests.map { "\($0.key) \($0.value)" }
    for environment in Set(names: digests.keys.map(\.environment)).sortedTexts {
      let list = try vault.recipients(of: environment)
      lines.append("\(environment)/ " + list.recipients.map(\.fingerprint).joined(separator: " "))
    }
    return SHA256.hex(of: Array(lines.sorted().joined(separator: "\n").utf8))
  }
}
