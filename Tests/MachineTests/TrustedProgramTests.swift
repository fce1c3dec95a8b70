import Foundation
import Testing

@testable import Machine

/// Which programs are started.
struct TrustedProgramTests {
  private func program(_ folder: String, mode: mode_t = 0o755) throws {
    let path = folder + "/tool"
    try Data("#!/bin/sh\n".utf8).write(to: URL(filePath: path))
    chmod(path, mode)
  }

  private func search(_ folders: String...) -> TrustedProgram.Search {
    TrustedProgram.search(for: "tool", in: folders)
  }

  @Test func `a program of a relative, empty or open folder is passed over`() throws {
    let ground = Ground()
    let good = ground.folder("good", mode: 0o755)
    try program(good)
    for mode: mode_t in [0o775, 0o757, 0o777, 0o1777] {
      let open = ground.folder("open\(mode)", mode: mode)
      try program(open)
      let found = search(open, good)
      #expect(found.program == good + "/tool", "\(String(mode, radix: 8))")
      #expect(
        found.refusals.map(\.message)
          == ["tool in '\(open)' is passed over, because other users can write '\(open)'"])
      #expect(search(open).program == nil)
    }
    for folder in ["", ".", "good", "./good", "../.."] {
      #expect(search(folder).program == nil, "'\(folder)'")
    }
    #expect(TrustedProgram.folders(of: "bin::/a:.:/b") == ["bin", ".", "/a", ".", "/b"])
    #expect(TrustedProgram.folders(of: "") == [])
  }

  @Test func `a program that others can write, or that is none, is passed over`() throws {
    let ground = Ground()
    let folder = ground.folder("bin", mode: 0o755)
    for (mode, isFound): (mode_t, Bool) in [
      (0o755, true), (0o775, false), (0o757, false), (0o644, false), (0o700, true),
    ] {
      try program(folder, mode: mode)
      #expect((search(folder).program != nil) == isFound, "mode \(String(mode, radix: 8))")
    }
    mkdir(folder + "/other", 0o755)
    #expect(TrustedProgram.search(for: "other", in: [folder]).program == nil)
  }

  @Test(Ground.isRoot) func `a program, folder or link of another user is passed over`() throws {
    let ground = Ground()
    let folder = ground.folder("up", mode: 0o755) + "/bin"
    mkdir(folder, 0o755)
    try program(folder)
    let up = ground.path + "/up"
    for path in [up, folder, folder + "/tool"] {
      chown(path, 12346, 12346)
      let found = search(folder)
      #expect(found.program == nil, "\(path)")
      #expect(found.refusals.first?.reason.contains("belongs to another user (12346)") == true)
      chown(path, 0, 0)
      #expect(search(folder).program != nil)
    }
    // A link in a folder that all can write, to a program that is trusted.
    let open = ground.folder("open", mode: 0o1777)
    symlink(folder, open + "/link")
    #expect(search(open + "/link").program != nil)
    lchown(open + "/link", 12346, 12346)
    #expect(search(open + "/link").program == nil)
    // A good link, to a program that is another user's.
    let theirs = ground.folder("theirs", mode: 0o755)
    try program(theirs)
    let links = ground.folder("links", mode: 0o755)
    symlink("../theirs/tool", links + "/tool")
    #expect(search(links).program == links + "/tool")
    chown(theirs, 12346, 12346)
    #expect(search(links).program == nil)
  }

  @Test func `a folder that others can rename on the way is passed over`() throws {
    let ground = Ground()
    let open = ground.folder("open", mode: 0o755)
    mkdir(open + "/bin", 0o755)
    try program(open + "/bin")
    #expect(search(open + "/bin").program != nil)
    for mode: mode_t in [0o777, 0o775] {
      chmod(open, mode)
      #expect(search(open + "/bin").program == nil, "\(String(mode, radix: 8))")
    }
    chmod(open, 0o1777)
    #expect(search(open + "/bin").program != nil)
  }

  @Test(arguments: [".git", "keyvault.yaml"])
  func `a program that commits can write is passed over, also by a link`(marker: String) throws {
    let ground = Ground()
    let tree = ground.folder("tree", mode: 0o755)
    mkdir(tree + "/.venv", 0o755)
    mkdir(tree + "/.venv/bin", 0o755)
    try program(tree + "/.venv/bin")
    symlink(tree + "/.venv/bin", ground.path + "/link")
    let sound = ground.folder("sound", mode: 0o755)
    try program(sound)
    // A link in the work tree leads where the next commit says.
    symlink("../sound", tree + "/out")
    let folders = [tree + "/.venv/bin", ground.path + "/link", tree + "/out"]
    for folder in folders { #expect(search(folder).program != nil, "\(folder)") }
    try Data().write(to: URL(filePath: tree + "/" + marker))
    for folder in folders {
      let found = search(folder)
      #expect(found.program == nil, "\(folder)")
      #expect(found.refusals.first?.reason == "commits can write to the work tree '\(tree)'")
    }
    #expect(search(sound).program != nil)
  }

  @Test func `links that lead in a circle, or nowhere, are not a program`() {
    let ground = Ground()
    symlink("a", ground.path + "/b")
    symlink("b", ground.path + "/a")
    symlink("/proc/none", ground.path + "/tool")
    #expect(search(ground.path + "/a", ground.path, "/proc/none").program == nil)
  }

  @Test
  func `the system's folders follow where something was passed over, or nothing can be trusted`()
    throws
  {
    let ground = Ground()
    let bin = ground.folder("bin", mode: 0o755)
    func find(_ path: String) -> String? {
      TrustedProgram.search(for: "sh", by: path).program
    }
    for path in ["", ".", "/proc/none", "bin:.", ground.folder("open", mode: 0o777)] {
      #expect(find(path) == "/usr/bin/sh", "'\(path)'")
    }
    // It is the person's word that there is none.
    #expect(find(bin) == nil)
    symlink("/bin/sh", bin + "/sh")
    #expect(find(bin) == bin + "/sh")
    chmod(bin, 0o777)
    #expect(find(bin) == "/usr/bin/sh")
  }

  @Test func `a library that searches by itself gets the folders in which nothing is amiss`() throws
  {
    let ground = Ground()
    let (good, open) = (ground.folder("good", mode: 0o755), ground.folder("open", mode: 0o755))
    try program(good)
    try program(open, mode: 0o777)
    let path = ".:\(open):\(good):/usr/bin"
    #expect(TrustedProgram.trusted(folders: path, for: []) == [open, good, "/usr/bin"])
    #expect(TrustedProgram.trusted(folders: path, for: ["tool"]) == [good, "/usr/bin"])
    #expect(TrustedProgram.trusted(folders: ".:", for: []) == ["/usr/bin", "/bin"])
    #expect(!TrustedProgram.isFoundSafely("tool", by: open + ":" + good))
    #expect(TrustedProgram.isFoundSafely("tool", by: good + ":" + open))
    #expect(TrustedProgram.isFoundSafely("none", by: open))
  }

  @Test func `a file in memory needs no folder, and is not passed on`() {
    let file = MemoryFile.open()
    #expect(file >= 0 && fcntl(file, F_GETFD) & FD_CLOEXEC != 0)
    #expect(write(file, "x", 1) == 1)
    close(file)
  }
}
