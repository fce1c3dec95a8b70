internal import CGPGME
internal import Dispatch
internal import Machine
public import Secrets

/// One gpg program and one home. Copies share their contexts, so make one and keep it; any number
/// of threads may use it at once. All calls block.
public struct GPG: Sendable {
  /// Most bytes of plaintext that a vault file may hold.
  public static let plaintextLimit = 64 << 10

  /// Absolute path of gpg.
  public var program: String { engine.program }

  /// The home; nil for the user's own (GNUPGHOME or ~/.gnupg, gpg decides).
  public var home: String? { engine.home }

  let engine: Engine

  /// Whether a person did not enter a passphrase that some home asked for.
  public static var wasCancelled: Bool { Engine.wasCancelled }

  /// With a passphrase gpg does not prompt; without one, the home's agent asks the user.
  public init(program: String, home: String?, passphrase: Passphrase? = nil) {
    engine = Engine(program: program, home: home, passphrase: passphrase)
  }

  /// With other bounds on what a content may take.
  init(program: String, home: String?, unpackingLimit: Int, surplus: Surplus) {
    engine = Engine(
      program: program, home: home, passphrase: nil, unpackingLimit: unpackingLimit,
      surplus: surplus)
  }

  /// /usr/bin/gpg, else the first gpg in a folder of `searchPath` that neither another user nor a commit
  /// can change. Throws, with what was passed over, if there is none.
  public static func locate(searchPath: String) throws(GPGError) -> String {
    let search = Self.search(searchPath: searchPath)
    if let program = search.program { return program }
    if let refusal = search.refusals.first { throw GPGError(.programRefused(refusal.message)) }
    throw GPGError(.programMissing(path: nil))
  }

  /// Every gpg of `searchPath` that is passed over, each in a sentence.
  public static func refusals(searchPath: String) -> [String] {
    TrustedProgram.search(for: "gpg", by: searchPath).refusals.map(\.message)
  }

  private static func search(searchPath: String) -> TrustedProgram.Search {
    let system = TrustedProgram.search(for: "gpg", in: ["/usr/bin"])
    return system.program == nil ? TrustedProgram.search(for: "gpg", by: searchPath) : system
  }

  /// Starts gpgme ahead of the first context, on a thread of its own, with the gpg that ``locate(searchPath:)``
  /// finds: most of its time is a wait for gpg to say its version. The environment must be as gpg may see it.
  public static func prepare(searchPath: String) {
    DispatchQueue(label: "gpgme").async {
      guard let program = try? locate(searchPath: searchPath),
        (try? Library.checkSearchPath()) != nil
      else { return }
      _ = Library.isDefault(program)
    }
  }

  /// Makes a context ahead of the first operation, on a thread of its own: most of its time is a wait
  /// for gpg to say its version. A failure shows at the operation.
  public func prepare() {
    DispatchQueue(label: "gpg").async { [engine] in
      try? engine.withContext { (_) throws(GPGError) in }
    }
  }

  /// Decrypts exactly the message's bytes, offline, to `limit` bytes at most. Any complaint of gpg
  /// discards all output. A content that keeps gpg busy for longer than 5 s is an error; the time that a person
  /// takes for a passphrase does not count.
  public func decrypt(
    _ message: Message, limit: Int = GPG.plaintextLimit
  ) throws(GPGError) -> Secret {
    try decrypt(Input { message }, limit: limit)
  }

  /// Decrypts a message that `next` returns while gpg starts, which is most of what a decryption
  /// takes. Returns nil, and sends gpg nothing, if `next` returns nil. `next` is called once at
  /// most, and must not decrypt.
  public func decrypt(
    limit: Int = GPG.plaintextLimit, awaiting next: () -> Message?
  ) throws(GPGError) -> Secret? {
    try withoutActuallyEscaping(next) { next throws(GPGError) in
      let input = Input(next)
      do throws(GPGError) {
        return try decrypt(input, limit: limit)
      } catch {
        guard input.isEmpty else { throw error }
        return nil
      }
    }
  }

  private func decrypt(_ input: Input, limit: Int) throws(GPGError) -> Secret {
    try engine.lanes.run { () throws(GPGError) in
      try engine.withContext { context throws(GPGError) in
        let surplus = engine.surplus
        if surplus.isUsedUp { throw GPGError(.excessive(.together(seconds: surplus.seconds))) }
        let output = Output(limit: limit)
        context.begin()
        let cipher = try DataHandle(reading: input)
        let plain = try DataHandle(writing: output)
        let unpacking = Unpacking(in: context, limit: engine.unpackingLimit)
        let status = unpacking.run {
          unsafe gpgme_op_decrypt_start(context.raw, cipher.raw, plain.raw)
        }
        surplus.use(unpacking.surplus)
        if let excess = unpacking.excess { throw GPGError(.excessive(excess)) }
        if output.isOverflown { throw GPGError(.tooLarge(limit: limit)) }
        // Not a success: the next decryption must still run alone, for it may ask for a passphrase.
        if input.isEmpty { throw GPGError(.passphraseNeeded) }
        guard gpgme_err_code(status) == GPG_ERR_NO_ERROR else {
          throw failure(of: status, context.log, recipients: input.message?.recipients ?? [])
        }
        return output.finish()
      }
    }
  }

  /// The reason of a failed decryption, from the most to the least specific source.
  private func failure(
    of status: gpgme_error_t, _ log: StatusLog, recipients: [UInt64]
  ) -> GPGError {
    if let code = log.decryptionFailure {
      return complaint(GPGError(status: code))
    }
    switch gpgme_err_code(status) {
    case GPG_ERR_NO_SECKEY:
      // gpg says that too when it cannot reach its agent.
      let socket = AgentSocket(home: home)
      if let path = socket.tooLongPath {
        return GPGError(.socketPathTooLong(path: path, length: path.utf8.count))
      }
      if let objection = UserHome(home).objection { return objection }
      if log.isKeyKnown, !socket.isAnswering { return GPGError(.noAgent) }
      let missing = log.missingSecretKeys
      return GPGError(.noSecretKey(keyIDs: missing.isEmpty ? recipients : missing))
    case GPG_ERR_DECRYPT_FAILED, GPG_ERR_CHECKSUM, GPG_ERR_INV_PACKET: return GPGError(.damaged)
    case _ where log.isDamaged: return GPGError(.damaged)
    case _:
      let error = GPGError(status: status)
      if case .cancelled = error.reason { return error }
      if let objection { return objection }
      // The message was checked before: that gpg finds nothing in it says only that gpg did not come to it.
      return error.reason == .notEncrypted ? GPGError(.noAnswer) : error
    }
  }

  /// What is in the way of a gpg that failed; nil if nothing is.
  var objection: GPGError? {
    UserHome(home).objection ?? Runner.objection(of: program, home: home)
  }

  /// An empty passphrase means that the caller has none.
  private func complaint(_ error: GPGError) -> GPGError {
    guard error.reason == .badPassphrase, engine.passphrase?.isEmpty == true else { return error }
    return GPGError(.passphraseNeeded)
  }

  /// Lends the bytes of an array to C; typed throws pass through.
  static func lend<R>(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(GPGError) -> R
  ) throws(GPGError) -> R {
    let span = bytes.span
    return try unsafe span.withUnsafeBytes { buffer throws(GPGError) in try unsafe body(buffer) }
  }
}
