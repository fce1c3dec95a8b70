internal import Synchronization

/// One gpg program and one home, with contexts that are used again: a new one costs a start of
/// `gpg --version`. Any number of threads; each borrows a context of its own.
final class Engine: Sendable {
  let program: String
  let home: String?
  let passphrase: Passphrase?
  let lanes = Lanes()
  /// Seconds that gpg may take for the content of one message.
  let unpackingLimit: Int
  /// What contents may take beyond their allowances together.
  let surplus: Surplus
  private let idle = Mutex<[Context]>([])
  /// A person who did not enter the passphrase is not asked for it again.
  private let isCancelled = Atomic(false)
  private static let cancellation = Atomic(false)
  private static let isStopped = Atomic(false)

  /// Has no home of this process ask anything from now on.
  static func stop() { isStopped.store(true, ordering: .releasing) }

  /// Whether that happened to any home.
  static var wasCancelled: Bool { cancellation.load(ordering: .acquiring) }

  init(
    program: String, home: String?, passphrase: Passphrase?, unpackingLimit: Int = 5,
    surplus: Surplus = Surplus(seconds: 20)
  ) {
    self.unpackingLimit = unpackingLimit
    self.surplus = surplus
    self.program = program
    self.home = home
    self.passphrase = passphrase
  }

  /// Lends a context to `body`; one that saw an error is not used again.
  func withContext<R: ~Copyable>(
    _ body: (Context) throws(GPGError) -> R
  ) throws(GPGError) -> R {
    guard !isCancelled.load(ordering: .acquiring), !Self.isStopped.load(ordering: .acquiring)
    else { throw GPGError(.cancelled) }
    let used = idle.withLock { $0.popLast() }
    let context =
      if let used { used } else {
        try Context(program: program, home: home, passphrase: passphrase)
      }
    do throws(GPGError) {
      let result = try body(context)
      idle.withLock { $0.append(context) }
      return result
    } catch {
      if error.reason == .cancelled {
        isCancelled.store(true, ordering: .releasing)
        Self.cancellation.store(true, ordering: .releasing)
      }
      throw error
    }
  }
}
