import Foundation
import Secrets
import Testing

@testable import GPG

@Suite(.serialized) struct CIHomeTests {
  /// Processes whose arguments name a path.
  private static func processes(naming path: String) -> [String] {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return folders.filter { Int($0) != nil }.compactMap { pid in
      guard let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else {
        return nil
      }
      let text = String(decoding: line, as: UTF8.self)
      return text.contains(path) ? "\(pid) \(text)" : nil
    }
  }

  /// Waits until the home and its agent are gone; false when they stay.
  private static func isGone(_ path: String) -> Bool {
    for _ in 0..<100 {
      if access(path, F_OK) != 0, processes(naming: path).isEmpty { return true }
      usleep(20_000)
    }
    return false
  }

  private func open(_ key: [UInt8], passphrase: String?) throws -> CIHome {
    try CIHome(
      secretKey: Secret(copying: key.span.bytes),
      passphrase: passphrase.map { Passphrase(Secret(utf8: $0)) }, program: TestHome.program,
      runtimeDirectory: nil)
  }

  @Test(arguments: ["", "fake-passphrase"])
  func `opens with the given key and leaves nothing`(passphrase: String) throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a", passphrase: passphrase)
    let message = try Message(encrypted("content", to: [home.recipient(fingerprint)]))
    let key = try home.secretExport(fingerprint, passphrase: passphrase)
    let ci = try open(key, passphrase: passphrase.isEmpty ? nil : passphrase)
    let path = try #require(ci.gpg.home)
    var status = stat()
    #expect(lstat(path, &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o700)
    for _ in 0..<2 {
      let opened = text(try ci.gpg.decrypt(message))
      #expect(opened == "content")
    }
    #expect(try ci.gpg.secretKeys().map(\.fingerprint) == [fingerprint])
    #expect(!Self.processes(naming: path).isEmpty)
    ci.remove()
    #expect(access(path, F_OK) != 0)
    #expect(Self.isGone(path))
  }

  @Test func `is gone when its owner lets go`() throws {
    let home = try TestHome()
    let key = try home.secretExport(home.makeKey("a"))
    let path = try #require(try open(key, passphrase: nil).gpg.home)
    #expect(Self.isGone(path))
  }

  @Test func `a subkey alone is enough`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    let message = try Message(encrypted("content", to: [home.recipient(fingerprint)]))
    let key = try home.run(["--export-secret-subkeys", fingerprint])
    let ci = try open([UInt8](key), passphrase: nil)
    let opened = text(try ci.gpg.decrypt(message))
    #expect(opened == "content")
  }

  @Test func `a wrong and a missing passphrase are distinguished`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a", passphrase: "fake-passphrase")
    let message = try Message(encrypted("content", to: [home.recipient(fingerprint)]))
    let key = try home.secretExport(fingerprint, passphrase: "fake-passphrase")
    let wrong = try open(key, passphrase: "wrong")
    #expect(reason { try wrong.gpg.decrypt(message) } == .badPassphrase)
    let missing = try open(key, passphrase: nil)
    #expect(reason { try missing.gpg.decrypt(message) } == .passphraseNeeded)
  }

  @Test func `a public key or no key at all is refused, and nothing stays`() throws {
    let home = try TestHome()
    let key = try home.export(home.makeKey("a"))
    let before = Set(try FileManager.default.contentsOfDirectory(atPath: "/dev/shm"))
    #expect(reason { try open(key, passphrase: nil) } == .noSecretKeyImported)
    #expect(reason { try open(Array("nothing".utf8), passphrase: nil) } == .noSecretKeyImported)
    #expect(reason { try open([], passphrase: nil) } == .noSecretKeyImported)
    let after = Set(try FileManager.default.contentsOfDirectory(atPath: "/dev/shm"))
    let made = after.subtracting(before).map { "/dev/shm/" + $0 }
    #expect(made.filter { !Self.isGone($0) && !Self.isOwned($0) }.isEmpty)
  }

  /// Whether a living process holds the home, as benches of other tests do.
  private static func isOwned(_ path: String) -> Bool {
    let descriptor = Foundation.open(path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0
  }

  @Test func `all homes of a process are gone after its exit`() async throws {
    let result = try await #require(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) {
      let key = try {
        let home = try TestHome()
        return try home.secretExport(home.makeKey("a"))
      }()
      let ci = try CIHome(
        secretKey: Secret(copying: key.span.bytes), passphrase: nil, program: TestHome.program,
        runtimeDirectory: nil)
      let bench = try Bench.shared(program: TestHome.program, runtimeDirectory: nil)
      print("\nHOMES \(ci.gpg.home!) \(bench.engine.home!)")
      fflush(nil)
      withExtendedLifetime(ci) { exit(0) }
    }
    let output = String(decoding: result.standardOutputContent, as: UTF8.self)
    let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("HOMES ") })
    let paths = line.split(separator: " ").dropFirst().map(String.init)
    #expect(paths.count == 2)
    for path in paths { #expect(Self.isGone(path)) }
  }

  @Test func `the home and the agent of a killed process are swept`() async throws {
    let result = try await #require(
      processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]
    ) {
      let key = try {
        let home = try TestHome()
        return try home.secretExport(home.makeKey("a"))
      }()
      let ci = try CIHome(
        secretKey: Secret(copying: key.span.bytes), passphrase: nil, program: TestHome.program,
        runtimeDirectory: nil)
      print("\nHOME \(ci.gpg.home!)")
      fflush(nil)
      kill(getpid(), SIGKILL)
    }
    let output = String(decoding: result.standardOutputContent, as: UTF8.self)
    let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("HOME ") })
    let path = String(line.dropFirst(5))
    #expect(access(path + "/private-keys-v1.d", F_OK) == 0)
    ThrowawayHomes.sweepStale()
    #expect(Self.isGone(path))
  }

  @Test func `empty folders of killed processes are swept, those of living ones stay`() throws {
    let home = try TestHome()
    let key = try home.secretExport(home.makeKey("a"))
    let living = try open(key, passphrase: nil)
    for name in ["kvgpg-stalehom", "kvgpg-unlocked.new", "other"] {
      try FileManager.default.createDirectory(
        atPath: home.path + "/" + name, withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o700])
    }
    ThrowawayHomes.sweepStale(runtimeDirectory: home.path)
    #expect(access(home.path + "/kvgpg-stalehom", F_OK) != 0)
    #expect(access(home.path + "/kvgpg-unlocked.new", F_OK) != 0)
    #expect(access(home.path + "/other", F_OK) == 0)
    #expect(access(try #require(living.gpg.home), F_OK) == 0)
  }
}
