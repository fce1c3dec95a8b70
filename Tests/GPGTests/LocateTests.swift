import Foundation
import Testing

@testable import GPG

struct LocateTests {
  @Test func `the system's gpg comes first, whatever the search path`() throws {
    #expect(try GPG.locate(searchPath: "/tmp:/bin") == "/usr/bin/gpg")
    #expect(try GPG.locate(searchPath: "") == "/usr/bin/gpg")
  }

  @Test func `a program that others may write, or that is none, is not trusted`() throws {
    let home = try TestHome()
    let program = home.path + "/gpg"
    #expect(!GPG.isTrustworthy(program))
    try Data("#!/bin/sh\n".utf8).write(to: URL(filePath: program))
    for (mode, trusted): (mode_t, Bool) in [
      (0o755, true), (0o775, false), (0o757, false), (0o644, false),
    ] {
      chmod(program, mode)
      #expect(GPG.isTrustworthy(program) == trusted, "mode \(String(mode, radix: 8))")
    }
    #expect(!GPG.isTrustworthy(home.path))
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
