import Foundation
import Testing

@testable import GPG

struct LocateTests {
  @Test func `the system's gpg comes first, whatever the search path`() throws {
    #expect(try GPG.locate(searchPath: "/tmp:/bin") == "/usr/bin/gpg")
    #expect(try GPG.locate(searchPath: "") == "/usr/bin/gpg")
  }

  @Test func `a library that searches a path of the working folder starts nothing`() async {
    await #expect(processExitsWith: .success) {
      let home = try TestHome()
      let ran = home.path + "/ran"
      let program = "#!/bin/sh\necho ran >> '\(ran)'\nexec /usr/bin/gpg \"$@\"\n"
      try Data(program.utf8).write(to: URL(filePath: home.path + "/gpg"))
      chmod(home.path + "/gpg", 0o755)
      chdir(home.path)
      setenv("PATH", ".:/usr/bin:/bin", 1)
      let gpg = GPG(program: "/usr/bin/gpg", home: home.path)
      try #require(reason { try gpg.secretKeys() } == .unsafeSearchPath)
      // A user id, which gpg would be asked about.
      let file: [UInt8] = [0xcd, 1, 97]
      try #require(reason { try GPG.inspect(publicKeyFile: file, program: "/usr/bin/gpg") } != nil)
      try #require(access(ran, F_OK) != 0)
    }
  }

  @Test func `the folder of the agent's socket is the one that GnuPG computes`() throws {
    let home = try TestHome()
    let folders = AgentSocket(home: home.path).folders
    let line = try home.run(["--list-dirs", "socketdir"], program: "/usr/bin/gpgconf")
    let actual = String(decoding: line, as: UTF8.self).trimmingCharacters(
      in: .whitespacesAndNewlines)
    #expect(folders.contains(actual))
    #expect(AgentSocket(home: "/tmp/x").folders[0].hasSuffix("/gnupg/d.h6s1g4fjrjgazzbo8pfcmbbo"))
  }
}
