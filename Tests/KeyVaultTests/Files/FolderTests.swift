import Foundation
import TestSupport
import Testing

@testable import KeyVault

/// What is promised of files: opened once, no links, regular, of limited size; written whole.
@Suite(.fewAtATime)
struct FolderTests {
  private let scratch = Scratch()

  private func error(_ body: () throws -> Void) -> FileError? {
    do {
      try body()
      return nil
    } catch {
      return error as? FileError
    }
  }

  @Test func `a file is replaced as a whole, with the mode that was asked for`() throws {
    let folder = try Folder(scratch.folder)
    try scratch.write("old and longer", to: "f")
    for mode in [0o600, 0o644] as [UInt32] {
      try folder.write(Array("new".utf8).span.bytes, as: "f", mode: mode)
      #expect(try scratch.text("f") == "new")
      let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path("f"))
      #expect(attributes[.posixPermissions] as? Int == Int(mode))
    }
    #expect(try scratch.names(in: ".") == ["f"])
  }

  @Test func `no link is followed, at any part of a path`() throws {
    try scratch.write("secret", to: "real/deep/file")
    try scratch.link("folder-link", to: "real")
    try scratch.link("real/deep-link", to: "deep")
    try scratch.link("real/deep/file-link", to: "file")
    try scratch.link("dangling", to: "nowhere")
    for (path, name) in [
      ("folder-link/deep", "file"), ("real/deep-link", "file"), ("real/deep", "file-link"),
      ("", "dangling"), ("folder-link", "x"),
    ] {
      let error = error { _ = try Folder(scratch.folder).folder(path).read(name, limit: 100) }
      #expect(error?.failure.kind == .malformed, "\(path)/\(name)")
      #expect(error?.message.hasSuffix("is a symbolic link, which is not followed") == true)
    }
    for name in ["folder-link", "dangling"] {
      let error = error {
        try Folder(scratch.folder).write([UInt8]().span.bytes, as: name, mode: 0o600)
      }
      #expect(error?.attempt == .notRegular)
      let refused = self.error {
        try Folder(scratch.folder).append([], to: name, mode: 0o600, limit: 9, oldSuffix: ".1")
      }
      #expect(refused != nil)
    }
    #expect(try scratch.text("real/deep/file") == "secret")
    #expect(!FileManager.default.fileExists(atPath: scratch.path("nowhere")))
  }

  @Test func `only a regular file of limited size is read`() throws {
    let folder = try Folder(scratch.folder)
    try scratch.write([UInt8](repeating: 1, count: 100), to: "f")
    #expect(try folder.read("f", limit: 100).count == 100)
    #expect(error { _ = try folder.read("f", limit: 99) }?.attempt == .tooLarge(limit: 99))
    mkfifo(scratch.path("pipe"), 0o600)
    #expect(error { _ = try folder.read("pipe", limit: 99) }?.attempt == .notRegular)
    try scratch.write("", to: "sub/x")
    #expect(error { _ = try folder.read("sub", limit: 99) } != nil)
    #expect(error { _ = try folder.read("none", limit: 99) }?.isMissing == true)
    #expect(error { _ = try folder.folder("none") }?.failure.kind == .notFound)
  }

  @Test func `a write that fails leaves the old file and nothing beside it`() throws {
    let folder = try Folder(scratch.folder)
    try scratch.write("x", to: "target/inside")
    #expect(
      error { try folder.write([1].span.bytes, as: "target", mode: 0o600) }?.attempt == .notRegular)
    // A name that became a folder between the two halves.
    let staged = try folder.stage([1].span.bytes, as: "late", mode: 0o600)
    try scratch.write("x", to: "late/inside")
    var failure: Failure?
    do throws(FileError) {
      try folder.commit(staged)
    } catch {
      failure = error.failure
    }
    #expect(failure?.kind == .cannotWrite)
    #expect(try scratch.names(in: ".") == ["late", "target"])
  }

  private static let canMount = isAvailable(
    "d=$(mktemp -d /tmp/kvt-XXXXXX); mount -t tmpfs -o size=64k tmpfs $d && umount $d; r=$?; rmdir $d; exit $r"
  )

  @Test(.enabled(if: canMount, "only root may mount a small disk"))
  func `a full disk changes neither file of an entry`() throws {
    let world = try World()
    let name = "vault/p/openai"
    try world.write("", to: "vault/p/.keep")
    let disk = world.scratch.path("vault/p")
    #expect(try run(["/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).status == 0)
    defer { _ = try? run(["/bin/umount", disk]) }
    try world.store("p/openai", "sk-proj-NotARealKeyNotARealKey")
    // Room is left for the ciphertext, which is staged first, but not for so long a sidecar.
    let comments = String(repeating: "# a comment of ours\n", count: 800)
    try world.write(comments + world.scratch.text(name + ".yaml"), to: name + ".yaml")
    try world.scratch.write([UInt8](repeating: 0, count: 8192), to: "vault/p/hole")
    _ = try run(["/bin/dd", "if=/dev/zero", "of=\(disk)/filler", "bs=4096"])
    try world.scratch.remove("vault/p/hole")
    let before = try [".gpg", ".yaml"].map { try world.scratch.bytes(name + $0) }

    let refusal = try #require(
      failure { try world.store("p/openai", "sk-proj-AnotherFakeKeyAnother") })
    #expect(refusal.kind == .cannotWrite)
    #expect(
      refusal.message.hasSuffix("vault/p/openai.yaml': no space left on the device"), "\(refusal)")
    #expect(try [".gpg", ".yaml"].map { try world.scratch.bytes(name + $0) } == before)
    #expect(try world.scratch.names(in: "vault/p") == ["filler", "openai.gpg", "openai.yaml"])
  }

  @Test func `items are in the order of their bytes, with what they are`() throws {
    for name in ["b", "a", "B", ".h"] { try scratch.write("", to: name) }
    try scratch.write("", to: "sub/x")
    try scratch.link("l", to: "a")
    let items = try Folder(scratch.folder).items()
    #expect(items.map(\.name) == [".h", "B", "a", "b", "l", "sub"])
    #expect(items.map(\.kind) == [.file, .file, .file, .file, .link, .folder])
  }

  @Test func `a line is appended whole, after a torn one too`() throws {
    let folder = try Folder(scratch.folder)
    try folder.append(
      Array("one\n".utf8), to: "log", mode: 0o600, limit: 99, oldSuffix: ".1")
    try scratch.write(try scratch.bytes("log") + Array("tor".utf8), to: "log")
    try folder.append(
      Array("two\n".utf8), to: "log", mode: 0o600, limit: 99, oldSuffix: ".1")
    #expect(try scratch.text("log") == "one\ntor\ntwo\n")
  }

  @Test func `many writers lose no line, also where the file becomes the old one`() async throws {
    let folder = scratch.folder
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for line in 0..<25 {
            let text = Array("writer \(writer) line \(line)\n".utf8)
            try? Folder(folder).append(
              text, to: "log", mode: 0o600, limit: 2_400, oldSuffix: ".1")
          }
        }
      }
    }
    let lines = try ["log.1", "log"].flatMap { try scratch.text($0).split(separator: "\n") }
    #expect(Set(lines).count == 200, "\(lines.count)")
  }

  @Test func `replacing a file of lines loses none that is appended meanwhile`() throws {
    let folder = scratch.folder
    onThreads(8) { worker in
      for line in 0..<150 {
        if worker < 4 {
          let text = Array("writer \(worker) line \(line)\n".utf8)
          // As slow as who replaces, or all lines were there before the first of them is done.
          usleep(3_000)
          try? Folder(folder).append(text, to: "log", mode: 0o600, limit: .max, oldSuffix: ".1")
        } else {
          try? Folder(folder).rewrite("log", mode: 0o600, limit: 1 << 20) { $0 }
        }
      }
    }
    let lines = try scratch.text("log").split(separator: "\n")
    #expect(Set(lines).count == 600 && lines.count == 600, "\(lines.count)")
    #expect(try scratch.names(in: ".") == ["log"])
  }
}
