internal import Naming
internal import Synchronization

/// The bytes of an entry's file, read once, and their digest.
struct Ciphertext: Sendable {
  let bytes: [UInt8]
  /// `sha256:…`
  let digest: String

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    digest = Vault.digest(bytes)
  }
}

extension Vault {
  func ciphertext(of name: EntryName) throws(Failure) -> Ciphertext {
    try reporting { () throws(FileError) in
      Ciphertext(
        try Folder(repository.root).folder(path(name.environment))
          .read(name.ciphertextName, limit: Limits.ciphertext))
    }
  }

  /// All ciphertexts in these environments.
  func ciphertexts(of environments: Set<Name>) throws(Failure) -> Ciphertexts {
    var all = Ciphertexts()
    let room = Atomic(Limits.ciphertexts)
    for (environment, names) in try names(of: environments) {
      let results = try reporting { () throws(FileError) in
        let folder = try Folder(repository.root).folder(path(environment.text))
        return concurrentMap(names.count) { index in
          Result { () throws(FileError) -> (digest: String, file: Ciphertext?) in
            let file = Ciphertext(
              try folder.read(names[index].ciphertextName, limit: Limits.ciphertext))
            let rest = room.subtract(file.bytes.count, ordering: .relaxed).newValue
            return (file.digest, rest < 0 ? nil : file)
          }
        }
      }
      for (name, result) in zip(names, results) {
        let (digest, file) = try reporting { () throws(FileError) in try result.get() }
        all.digests[name] = digest
        if let file { all.kept[name] = file }
      }
    }
    return all
  }
}

/// The ciphertexts of environments at one time. Their bytes are kept only as far as they are few together: those
/// of a repository can be gigabytes, and one that is not kept is read again where it is needed.
struct Ciphertexts: Sendable {
  /// Of all: `sha256:…`.
  var digests: [EntryName: String] = [:]
  var kept: [EntryName: Ciphertext] = [:]
}
