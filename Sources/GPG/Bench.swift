internal import Naming
internal import Secrets
internal import Synchronization

/// An empty throwaway home in which to encrypt and to look at key files, without an agent; one a
/// process and program, because each new home costs a start of gpg.
final class Bench: Sendable {
  let engine: Engine
  var deadline: Deadline { Deadline(home: home.path) }
  private let home: ThrowawayHome
  private let placed = Mutex<Set<Name>>([])
  private let first = Mutex(())
  private let hasTrustDatabase = Atomic(false)

  private struct Place: Hashable {
    let program: String
    let runtimeDirectory: String?
  }

  private static let known = Mutex<[Place: Bench]>([:])

  private init(program: String, runtimeDirectory: String?) throws(GPGError) {
    home = try ThrowawayHome(runtimeDirectory: runtimeDirectory, holdsSecret: false)
    try home.configureForPublicKeys()
    engine = Engine(program: program, home: home.path, passphrase: nil)
  }

  /// The bench of this process, made on first use and again when it was removed.
  static func shared(
    program: String, runtimeDirectory: String?
  ) throws(GPGError) -> Bench {
    let place = Place(program: program, runtimeDirectory: runtimeDirectory)
    let result = known.withLock { known -> Result<Bench, GPGError> in
      if let bench = known[place], bench.home.isThere { return .success(bench) }
      return Result { () throws(GPGError) in
        let bench = try Bench(program: program, runtimeDirectory: runtimeDirectory)
        known[place] = bench
        return bench
      }
    }
    return try result.get()
  }

  /// What `body` lists, alone until a first call has found a key: gpg then makes the
  /// home's trust database, and two that do so at once corrupt it and find nothing.
  func list(_ body: () throws(GPGError) -> [Key]) throws(GPGError) -> [Key] {
    if hasTrustDatabase.load(ordering: .acquiring) { return try body() }
    let result = first.withLock { _ in
      Result { () throws(GPGError) in
        let keys = try body()
        if !keys.isEmpty { hasTrustDatabase.store(true, ordering: .releasing) }
        return keys
      }
    }
    return try result.get()
  }

  /// Puts a recipient's file where gpg can read it: exactly the bytes that were inspected, and
  /// no path of the repository, which may hold a line break. The path.
  func place(_ file: RecipientFile) throws(GPGError) -> String {
    let name = "recipient-" + SHA256.hex(of: file.bytes)
    let result = placed.withLock { placed -> Result<Void, GPGError> in
      guard !placed.contains(name) else { return .success(()) }
      return Result { () throws(GPGError) in
        try home.write(file.bytes, to: name)
        placed.insert(name)
      }
    }
    try result.get()
    return home.path + "/" + name
  }
}
