import Foundation
import GPG
import Secrets
import Testing

struct DecryptionFailureTests {
  @Test func `no secret key names the key ids of the message`() throws {
    let (home, stranger) = (try TestHome(), try TestHome())
    let file = try home.recipient(home.makeKey("a"))
    let message = try Message(encrypted("x", to: [file]))
    let failure = reason { try stranger.gpg.decrypt(message) }
    #expect(failure == .noSecretKey(keyIDs: file.key.encryptionKeyIDs))
  }

  @Test func `a bad passphrase is distinguished from a missing one and from a right one`() throws {
    let home = try TestHome()
    let message = try Message(
      home.encrypt("x", for: home.makeKey("a", passphrase: "right-fake")))
    func gpg(_ passphrase: String) throws -> GPG {
      try home.stopAgent()
      return GPG(
        program: TestHome.program, home: home.path, passphrase: Passphrase(Secret(utf8: passphrase))
      )
    }
    #expect(reason { try gpg("wrong-fake").decrypt(message) } == .badPassphrase)
    #expect(reason { try gpg("").decrypt(message) } == .passphraseNeeded)
    for right in ["right-fake", "right-fake\n", "right-fake\r\nmore"] {
      let opened = text(try gpg(right).decrypt(message))
      #expect(opened == "x")
    }
  }

  @Test func `no pinentry and no terminal have their own reason`() throws {
    let home = try TestHome()
    let message = try Message(
      home.encrypt("x", for: home.makeKey("a", passphrase: "right-fake")))
    try home.stopAgent()
    #expect(reason { try home.gpg.decrypt(message) } == .noPinentry)
    try Data("pinentry-program /proc/none\n".utf8)
      .write(to: URL(filePath: home.path + "/gpg-agent.conf"))
    try home.stopAgent()
    #expect(reason { try home.gpg.decrypt(message) } == .noPinentry)
  }

  @Test func `a pinentry that is cancelled has its own reason`() throws {
    let home = try TestHome()
    let message = try Message(
      home.encrypt("x", for: home.makeKey("a", passphrase: "right-fake")))
    let pinentry = home.path + "/pinentry"
    try Data(
      """
      #!/bin/sh
      echo OK
      while read -r word rest; do
        case $word in GETPIN) echo 'ERR 83886179 cancelled' ;; *) echo OK ;; esac
      done

      """.utf8
    ).write(to: URL(filePath: pinentry))
    chmod(pinentry, 0o700)
    try Data("pinentry-program \(pinentry)\n".utf8)
      .write(to: URL(filePath: home.path + "/gpg-agent.conf"))
    try home.stopAgent()
    #expect(reason { try home.gpg.decrypt(message) } == .cancelled)
  }

  @Test func `a socket path that is too long is said with its length`() throws {
    let home = try TestHome()
    let message = try Message(home.encrypt("x", for: home.makeKey("a")))
    try home.stopAgent()
    let long = home.path + "/" + String(repeating: "x", count: 90)
    let copy = try TestHome(path: long)
    for name in ["pubring.kbx", "private-keys-v1.d"] {
      try FileManager.default.copyItem(atPath: home.path + "/" + name, toPath: long + "/" + name)
    }
    let path = long + "/S.gpg-agent"
    #expect(
      reason { try copy.gpg.decrypt(message) }
        == .socketPathTooLong(path: path, length: path.utf8.count))
  }

  @Test func `an agent that does not start is distinguished from a missing key`() throws {
    let home = try TestHome()
    let message = try Message(home.encrypt("x", for: home.makeKey("a")))
    try home.stopAgent()
    try Data("agent-program /bin/false\n".utf8)
      .write(to: URL(filePath: home.path + "/gpg.conf"))
    #expect(reason { try home.gpg.decrypt(message) } == .noAgent)
  }

  @Test func `a public key without its secret part is not a secret key`() throws {
    let (home, stranger) = (try TestHome(), try TestHome())
    let file = try home.recipient(home.makeKey("a"))
    try stranger.run(["--import"], input: Data(home.export(file.key.fingerprint)))
    let message = try Message(encrypted("x", to: [file]))
    #expect(
      reason { try stranger.gpg.decrypt(message) }
        == .noSecretKey(keyIDs: file.key.encryptionKeyIDs))
  }

  @Test func `a home that gpg cannot use is said as that, never as a message that is broken`()
    throws
  {
    let home = try TestHome()
    let message = try Message(home.encrypt("x", for: home.makeKey("a")))
    let file = home.path + "/file"
    try Data().write(to: URL(filePath: file))
    for (path, code) in [(file, ENOTDIR), (home.path + "/none", ENOENT)] {
      let gpg = GPG(program: TestHome.program, home: path)
      #expect(reason { try gpg.decrypt(message) } == .homeUnusable(path: path, errno: code))
      #expect(reason { try gpg.secretKeys() } == .homeUnusable(path: path, errno: code))
      let fingerprint = String(repeating: "AB", count: 20)
      #expect(
        reason { try gpg.exportPublicKey(fingerprint) } == .homeUnusable(path: path, errno: code))
      #expect(
        reason { try gpg.sign([1], as: fingerprint) } == .homeUnusable(path: path, errno: code))
    }
  }

  @Test func `a program that is not gpg does not make a message broken`() throws {
    let home = try TestHome()
    let message = try Message(home.encrypt("x", for: home.makeKey("a")))
    let program = home.path + "/gpg"
    try Data("#!/bin/sh\ncase $1 in --version) exec /usr/bin/gpg --version ;; esac\nexit 2\n".utf8)
      .write(to: URL(filePath: program))
    chmod(program, 0o755)
    let found = reason { try GPG(program: program, home: home.path).decrypt(message) }
    #expect(found != .notEncrypted && found != .damaged, "\(String(describing: found))")
  }

  @Test func `a missing program is named`() throws {
    let home = try TestHome()
    let message = try Message(home.encrypt("x", for: home.makeKey("a")))
    let gpg = GPG(program: "/proc/none/gpg", home: home.path)
    #expect(reason { try gpg.decrypt(message) } == .programMissing(path: "/proc/none/gpg"))
  }

  @Test func `a changed content is damaged, and nothing of it comes out`() throws {
    let home = try TestHome()
    var bytes = try encrypted("x", to: [home.recipient(home.makeKey("a"))])
    bytes[bytes.count - 4] ^= 1
    #expect(reason { try home.gpg.decrypt(Message(bytes)) } == .damaged)
  }

  @Test func `the language of the user does not matter`() async {
    await #expect(processExitsWith: .success) {
      for name in ["LC_ALL", "LANG", "LANGUAGE"] { setenv(name, "de_DE.UTF-8", 1) }
      setenv("TZ", "Asia/Kathmandu", 1)
      setlocale(LC_ALL, "")
      let (home, stranger) = (try TestHome(), try TestHome())
      let file = try home.recipient(home.makeKey("a", expires: "10y"))
      let message = try Message(encrypted("x", to: [file]))
      try #require(
        reason { try stranger.gpg.decrypt(message) }
          == .noSecretKey(keyIDs: file.key.encryptionKeyIDs))
      try #require(text(try home.gpg.decrypt(message)) == "x")
    }
  }
}
