internal import Naming

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
  func ciphertexts(of environments: Set<Name>) throws(Failure) -> [EntryName: Ciphertext] {
    var all: [EntryName: Ciphertext] = [:]
    for (environment, names) in try names(of: environments) {
      let results = try reporting { () throws(FileError) in
        let folder = try Folder(repository.root).folder(path(environment.text))
        return concurrentMap(names.count) { index in
          Result { () throws(FileError) in
            Ciphertext(try folder.read(names[index].ciphertextName, limit: Limits.ciphertext))
          }
        }
      }
      for (name, result) in zip(names, results) {
        all[name] = try reporting { () throws(FileError) in try result.get() }
      }
    }
    return all
  }
}
