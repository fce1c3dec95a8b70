internal import GPG
internal import Naming

/// Public key files that know less than those of the base: an older copy of a key hides that it was
/// revoked, or the subkey by which its owner reads.
struct PublicKeyLosses {
  let repository: Repository
  let keys: PublicKeys
  let base: Snapshot
  let program: GPGProgram

  func findings() throws(Failure) -> [Finding] {
    let changed = Self.changed(in: repository, since: base)
    var findings: [Finding] = []
    for (path, bytes) in zip(changed, try base.read(changed)) {
      let name = String(path.dropFirst(PublicKeys.folder.count + 1))
      guard let bytes else { continue }
      do throws(GPGError) {
        guard let before = try key(in: bytes, named: name) else { continue }
        findings += self.findings(before, path: path, file: keys.file(name))
      } catch {
        findings.append(
          Finding(
            .baseUnreadable, in: path.printable,
            "\(error.message), so this key was not compared with that of \(base.name)",
            hint: error.hint))
      }
    }
    return findings
  }

  /// Paths of the files of the base that are not the same here, sorted.
  static func changed(in repository: Repository, since base: Snapshot) -> [String] {
    base.files.sortedKeys.filter { path in
      guard path.hasPrefix(PublicKeys.folder + "/") else { return false }
      let bytes = repository.vault.publicKey(String(path.dropFirst(PublicKeys.folder.count + 1)))
      return bytes.map { !base.holds($0, at: path) } ?? true
    }
  }

  /// nil where the file has no such key. Throws if gpg cannot be asked, or has no time to say what is in it.
  private func key(in bytes: [UInt8], named name: String) throws(GPGError) -> Key? {
    do throws(GPGError) {
      return try GPG.inspect(
        publicKeyFile: bytes, program: program.path, runtimeDirectory: program.runtimeDirectory
      ).first { $0.fingerprint == name }
    } catch {
      switch error.reason {
      case .tooSlow, .programMissing, .noHome: throw error
      default: return nil
      }
    }
  }

  private func findings(_ before: Key, path: String, file: PublicKeys.File?) -> [Finding] {
    guard let file else {
      return [
        Finding(
          .publicKeyRemoved, before.isRevoked ? .error : .warning, in: path,
          "this key of \(base.name) is gone"
            + (before.isRevoked ? ", and with it that it is revoked" : ""),
          hint: "keep it: it maps the subkeys in ciphertexts to their owner")
      ]
    }
    // What else is wrong with the file is said without a base too.
    guard let now = file.keys.first(where: { $0.fingerprint == before.fingerprint }) else {
      return []
    }
    return before.losses(by: now).map { loss in
      Finding(
        .publicKeyOlder, in: path, "\(loss), as \(base.name) knows it",
        hint: "take the newer file: \(Shell("git checkout \(base.revision) -- \(path: path)"))")
    }
  }
}
